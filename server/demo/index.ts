import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { databaseAccount } from '#db/embedded/account.ts';
import { dataDirectory } from '#db/embedded/data-directory.ts';
import { findRunning } from '#db/embedded/postmaster.ts';
import { buildClient } from './build-client.ts';
import { type Child, keepRunning } from './children.ts';
import { linkForOperator, publishPolicy } from './command-line.ts';
import { type HostSigner, LINK_SECONDS, openHostSigner } from './host-signer.ts';
import { keepWorld, type World } from './keep-world.ts';
import type { MembersNews, MembersOrder } from './members.ts';
import { openPlatform } from './platform.ts';
import { planWorld } from './world.ts';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const say = (line = '') => console.log(line);
const children: Child[] = [];
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
try {
  await main();
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } });
  const dataDir = join(dataDirectory(databaseAccount()), 'demo');
  await refuseSecond(dataDir);
  if (values.fresh) rmSync(dataDir, { recursive: true, force: true });
  buildClient(root, say);
  const goesOn = existsSync(join(dataDir, 'postgres'));
  const world = keepWorld(dataDir, readSize());
  const port = await choosePort();
  const signer = await openHostSigner();
  const env: NodeJS.ProcessEnv = { ...environmentFor(world, dataDir, port), ...signer.environment };
  const url = `http://127.0.0.1:${port}`;
  const consoleUrl = consoleUrlAt(port);
  say(goesOn ? 'Going on where the demo stopped (--fresh starts over) …' : 'Making a new world …');

  const logFile = join(dataDir, 'server.log');
  const server = startServer(env, logFile);
  await untilReady(url, server);
  await publishPolicy(root, env);
  const [lead, moderator, admin] = [
    await linkForOperator(root, env, 'Demo lead', 'lead'),
    await linkForOperator(root, env, 'Demo moderator', 'moderator'),
    await linkForOperator(root, env, 'Demo admin', 'admin'),
  ];
  const members = startMembers(orderOf(url, world), env);
  const linkHost = await hostLinks(signer, url, consoleUrl, world);

  say(`
Rostrum        ${consoleUrl}
  lead         ${lead}
  moderator    ${moderator}
  admin        ${admin}
  host, phone  ${await linkHost()}

Each link works once, within an hour; the next start prints new ones. The host's is signed as the
audio app would sign it and holds for ${LINK_SECONDS / 60} minutes: press Enter for another one.
The server is process ${server.pid()}, its members are process ${members.pid()}. After kill -9 of
either it starts again, and nothing that was acknowledged is missing.
Data: ${dataDir}   Log: ${logFile}
Ctrl-C stops everything.
`);
  const lines = createInterface({ input: process.stdin, terminal: false });
  lines.on('line', async () => say(`  host, phone  ${await linkHost()}`));
}

/** @returns people of the largest room */
function readSize(): number {
  const text = process.env.ROSTRUM_DEMO_MEMBERS ?? '5000';
  const size = Number(text);
  if (!Number.isInteger(size) || size < 50 || size > 20_000) {
    throw new Error(`ROSTRUM_DEMO_MEMBERS must be 50–20000, not "${text}".`);
  }
  return size;
}

/** A demo that was killed takes a few seconds to end its own; one that lives keeps its world. */
async function refuseSecond(dataDir: string): Promise<void> {
  for (let tries = 0; tries < 24; tries++) {
    if (!findRunning(join(dataDir, 'postgres'))?.ownerAlive) return;
    await sleep(500);
  }
  throw new Error(`The demo of ${dataDir} is running already. Stop it first.`);
}

async function choosePort(): Promise<number> {
  const wanted = Number(process.env.PORT ?? 4600);
  for (const port of [wanted, 0]) {
    const free = await tryPort(port);
    if (free !== null) return free;
    if (process.env.PORT !== undefined) throw new Error(`Port ${port} is taken.`);
  }
  throw new Error('No port is free.');
}

function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });
}

/** A name, since passkeys belong to none but names. */
function consoleUrlAt(port: number): string {
  return `http://localhost:${port}`;
}

/** Production's settings, with keys of the demo's own; what else is set for Rostrum is left out. */
function environmentFor(world: World, dataDir: string, port: number): NodeJS.ProcessEnv {
  const ours = new Set([
    'DATABASE_URL',
    'DATABASE_OWNER_URL',
    'SEQUENCER_DATABASE_URL',
    'REDIS_URL',
  ]);
  const kept = Object.entries(process.env).filter(
    ([name]) => !ours.has(name) && !/^(ROSTRUM|LOG)_/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: consoleUrlAt(port),
    ROSTRUM_EMBEDDED: '1',
    ROSTRUM_DATA_DIR: dataDir,
    PLATFORM_KEYS: `demo:${world.platformSecret}:events+admissions+rooms`,
    JOIN_TOKEN_KEYS: `demo:${world.joinSecret}`,
    // Thousands come in within a minute, again after each restart.
    API_CALLS_PER_MINUTE: '1000000',
    SIGN_IN_LINK_MINUTES: '60',
    HOST_LINK_MINUTES: '60',
    // The links it prints are all that its people have.
    REQUIRE_SECOND_FACTOR: '0',
    LOG_LEVEL: 'warn',
  };
}

function startServer(env: NodeJS.ProcessEnv, logFile: string): Child {
  const log = openSync(logFile, 'a');
  const child = keepRunning({
    args: ['--import', join(root, 'server/demo/end-with-parent.ts'), join(root, 'server/index.ts')],
    env,
    stdio: ['ignore', log, log, 'ipc'],
    started: () => {},
    lost: (how) => say(`The server ended (${how}). Starting it again …`),
    hopeless: () => fail(`The server doesn't start. See ${logFile}`),
  });
  process.once('exit', () => closeSync(log));
  children.push(child);
  return child;
}

async function untilReady(url: string, server: Child): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (stopping) throw new Error('Stopped');
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error(`The server (process ${server.pid()}) is not ready after a minute.`);
}

function orderOf(url: string, { platformSecret: secret, seed, size, began }: World): MembersOrder {
  return { url, secret, seed, size, began };
}

function startMembers(order: MembersOrder, env: NodeJS.ProcessEnv): Child {
  const child = keepRunning({
    args: [join(root, 'server/demo/members.ts')],
    env: { ...env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    started(process) {
      process.send(order);
      tellArrivals(process);
    },
    lost: (how) => say(`The members' process ended (${how}). Starting it again …`),
    hopeless: () => fail("The members' process doesn't stay up."),
  });
  children.unshift(child);
  return child;
}

/** One line when the rooms are full, and again when they fill after a loss. */
function tellArrivals(members: ChildProcess): void {
  // Some are always outside for a while: the second time, fewer count as full.
  let fullAt = 0.96;
  let filling = Date.now();
  let full = false;
  members.on('message', ({ inside, of }: MembersNews) => {
    if (!full && inside > of * fullAt) {
      const seconds = Math.round((Date.now() - filling) / 1_000);
      say(`${inside} of ${of} members are in their rooms, after ${seconds} s.`);
      full = true;
      fullAt = 0.85;
    } else if (full && inside < of / 2) {
      full = false;
      filling = Date.now();
    }
  });
}

/** Waits until a room's host is there. @returns what makes a link for them, as their platform would */
async function hostLinks(
  signer: HostSigner,
  url: string,
  consoleUrl: string,
  { seed, size, began, platformSecret }: World,
): Promise<() => Promise<string>> {
  const room = planWorld(seed, size, began).find(({ plot }) => plot === 'outage');
  const host = room?.cast[0];
  if (!room || !host) throw new Error('The plan has no such room');
  const platform = openPlatform(url, platformSecret);
  for (let tries = 0; !(await platform.isAttended(room.id)); tries++) {
    if (tries >= 60) throw new Error(`The host of ${room.id} never came`);
    await sleep(500);
  }
  return () => signer.link(consoleUrl, room.id, host.person.id);
}

function fail(message: string): void {
  console.error(message);
  void stop(1);
}

/** Members first, so that the server has nobody to serve; all within ten seconds. */
async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (code === 0) say('\nStopping …');
  for (const child of children) await child.stop(child === children.at(-1) ? 8_500 : 1_000);
  process.exit(code);
}
