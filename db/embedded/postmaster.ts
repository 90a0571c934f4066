import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

/** A server that runs on the cluster right now. */
export interface Running {
  pid: number;
  port: number;
  ready: boolean;
  /** False when the process that started it is gone. */
  ownerAlive: boolean;
}

/** A server this process started. */
export interface Postmaster {
  port: number;
  /** Fast shutdown; after 8 s without success, an immediate one (the log replays at next start). */
  stop(): Promise<void>;
}

// Ends the server when the pipe from its parent closes, so that even kill -9 leaves none behind.
const untilParentGoes = '( { read -r _ <&3 || kill -INT $$; } & ); exec "$@" 3<&-';

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  // Making a new segment of the log holds every commit up; so many are kept to be written on again.
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Statements and row values may hold personal data: neither goes into the log.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

const fragile = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Reads what the server left in its data directory; undefined when none runs there. */
export function findRunning(cluster: string): Running | undefined {
  const file = join(cluster, 'postmaster.pid');
  const lines = readIfThere(file)?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !pid) return undefined;
  if (!isAlive(pid) || !commandOf(pid).includes('postgres')) {
    // A zombie, or another program with its number since, would make PostgreSQL refuse to start.
    rmSync(file, { force: true });
    return undefined;
  }
  const options = readIfThere(join(cluster, 'postmaster.opts')) ?? '';
  const [, owner, born] = options.match(/cluster_name=rostrum-(\d+)-(\w+)/) ?? [];
  return {
    pid,
    port: Number(lines[3]),
    ready: lines[7]?.trim() === 'ready',
    ownerAlive: owner !== undefined && isAlive(Number(owner)) && birthOf(Number(owner)) === born,
  };
}

/** Ends a server whose owner is gone: waits for it to end by itself, then shuts it down. */
export async function endOrphan(
  cluster: string,
  running: Running,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  if (await waitUntil(() => !isAlive(running.pid), 3000)) return;
  for (const mode of ['fast', 'immediate']) {
    spawnSync(binaries.pgCtl, ['stop', '-D', cluster, '-m', mode, '-t', '20'], {
      stdio: 'ignore',
      cwd: dirname(cluster),
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    if (await waitUntil(() => !isAlive(running.pid), 500)) return;
  }
  throw new Error(`A PostgreSQL left over from an earlier run (pid ${running.pid}) does not end.`);
}

/**
 * Starts the server on a free port of 127.0.0.1 and waits until it accepts connections.
 *
 * @returns undefined when another process was faster or the port was taken: look again
 * @throws with the end of the server's log when it cannot start
 */
export async function startPostmaster(
  cluster: string,
  binaries: Binaries,
  account: Account | undefined,
  durable: boolean,
): Promise<Postmaster | undefined> {
  const port = await findFreePort();
  const all = {
    ...settings,
    ...(durable ? {} : fragile),
    port: String(port),
    cluster_name: `rostrum-${process.pid}-${birthOf(process.pid)}`,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [binaries.postgres, '-D', cluster, ...args] as const;
  const shell = process.platform === 'win32' ? [] : ['/bin/sh', '-c', untilParentGoes, 'sh'];
  const [program, ...rest] = [...shell, ...command] as [string, ...string[]];
  // Under a name of its own until it runs: several processes may try at once.
  const logFile = join(dirname(cluster), `postgres-${port}.log`);
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(program, rest, {
    stdio: ['ignore', log, log, 'pipe'],
    cwd: dirname(cluster),
    // Ctrl-C in a terminal must reach Rostrum only: it stops the server last.
    detached: true,
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  closeSync(log);
  const leash = child.stdio[3] as Socket;
  leash.on('error', () => {});
  leash.unref();
  child.unref();
  let ended = false;
  const end = new Promise<void>((resolve) => {
    const settle = () => {
      ended = true;
      leash.end('\n');
      resolve();
    };
    child.once('exit', settle);
    child.once('error', settle);
  });
  const settled = await waitUntil(() => ended || isReady(cluster, child.pid), 120_000);
  if (!settled) child.kill('SIGQUIT');
  if (ended || !settled) {
    const text = readIfThere(logFile) ?? '';
    rmSync(logFile, { force: true });
    if (/lock file .* (already exists|is empty)|shared memory block|could not bind/.test(text)) {
      return undefined;
    }
    throw new Error(`PostgreSQL did not start:\n${text.slice(-2000)}`);
  }
  renameSync(logFile, join(dirname(cluster), 'postgres.log'));
  return {
    port,
    async stop() {
      if (ended) return;
      child.ref();
      child.kill('SIGINT');
      const late = setTimeout(() => child.kill('SIGQUIT'), 8000);
      await end;
      clearTimeout(late);
    },
  };
}

function isReady(cluster: string, pid: number | undefined): boolean {
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n');
  return Number(lines?.[0]) === pid && lines?.[7]?.trim() === 'ready';
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}

async function waitUntil(holds: () => boolean, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!holds()) {
    if (Date.now() > end) return false;
    await sleep(15);
  }
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return birthOf(pid) !== 'zombie';
}

/** When the process began, in the kernel's ticks; tells a process from a later one of its number. */
function birthOf(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? 'zombie' : (fields?.[19] ?? 'unknown');
}

function commandOf(pid: number): string {
  if (process.platform === 'win32') return 'postgres';
  return (
    readIfThere(`/proc/${pid}/cmdline`) ??
    spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
