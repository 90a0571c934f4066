import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkDatabaseUrl } from '#db/database-url.ts';
import { type EmbeddedPostgres, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { roomyFolder } from '#test/support/roomy-folder.ts';

// A server of its own, since migrating sets passwords of the whole server.
const dataDir = mkdtempSync(join(roomyFolder(), 'rostrum-migrate-'));
const shipped = resolve(import.meta.dirname, '../../db/migrations');
let server: EmbeddedPostgres;
let owner: postgres.Sql;
let folder: string;
let ownerUrl: string;
let count = 0;

beforeAll(async () => {
  server = await startEmbedded({ dataDir, durable: false });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

// A new database, and a small folder of migrations that a test may change.
beforeEach(async () => {
  const name = `migrate_${count++}`;
  const sql = postgres(server.url('owner', 'postgres'), { max: 1 });
  await sql.unsafe(`create database ${name}`).finally(() => sql.end());
  ownerUrl = server.url('owner', name);
  owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  folder = join(dataDir, name);
  mkdirSync(join(folder, 'audit'), { recursive: true });
  mkdirSync(join(folder, 'meta'));
  plain('0001-roles.sql', readFileSync(join(shipped, 'audit/0001-roles.sql'), 'utf8'));
  plain('0002-before.sql', 'create table before_tables (a int);');
  plain('0100-after.sql', 'alter table room add constraint a_positive check (a > 0);');
  generated(['create table room (a int)']);
  return () => owner.end();
});

const plain = (name: string, text: string) => writeFileSync(join(folder, 'audit', name), text);

function generated(statements: string[], times = statements.map((_, index) => 1000 + index)): void {
  const entries = statements.map((text, idx) => {
    writeFileSync(join(folder, `000${idx}_step.sql`), text);
    return { idx, version: '7', when: times[idx], tag: `000${idx}_step`, breakpoints: true };
  });
  const journal = { version: '7', dialect: 'postgresql', entries };
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify(journal));
}

test('the shipped migrations apply to an empty database, once', async () => {
  expect(await migrate({ ownerUrl })).toBeGreaterThan(1);
  expect(await migrate({ ownerUrl })).toBe(0);
});

test('plain files below 0100 come before the generated ones, the others after', async () => {
  const steps: string[] = [];
  expect(await migrate({ ownerUrl, folder, log: (line) => steps.push(line) })).toBe(4);
  expect(steps).toEqual([
    'applying 0001-roles.sql',
    'applying 0002-before.sql',
    'applying 1 generated migration(s)',
    'applying 0100-after.sql',
  ]);
  generated(['create table room (a int)', 'alter table room add column b int']);
  plain('0003-more.sql', 'create table more (a int);');
  expect(await migrate({ ownerUrl, folder })).toBe(2);
  expect(await owner`select a, b from room`).toHaveLength(0);
});

test('four at once do the work once', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => migrate({ ownerUrl, folder })));
  expect(all.toSorted()).toEqual([0, 0, 0, 4]);
});

test('the sequencer signs in with the password given, and may not become another role', async () => {
  const { sequencerPassword } = server;
  await migrate({ ownerUrl, folder, sequencerPassword });
  const name = new URL(ownerUrl).pathname.slice(1);
  const sequencer = postgres(server.url('sequencer', name), { max: 1 });
  expect(await sequencer`select current_user::text as role`).toEqual([{ role: 'audit_sequencer' }]);
  await expect(sequencer`set role audit_owner`).rejects.toMatchObject({ code: '42501' });
  await sequencer.end();
});

test('the application signs in with the password given, and may make nothing', async () => {
  await migrate({ ownerUrl, folder, appPassword: server.appPassword });
  const name = new URL(ownerUrl).pathname.slice(1);
  const app = postgres(server.url('app', name), { max: 1 });
  expect(await app`select current_user::text as role`).toEqual([{ role: 'rostrum_app' }]);
  await expect(app`create table mine (a int)`).rejects.toMatchObject({ code: '42501' });
  await expect(app`set role audit_owner`).rejects.toMatchObject({ code: '42501' });
  await app.end();
});

test('a file that fails leaves nothing of itself', async () => {
  plain('0002-before.sql', 'create table half (a int); select 1 / 0;');
  await expect(migrate({ ownerUrl, folder })).rejects.toMatchObject({ code: '22012' });
  expect((await owner`select to_regclass('half') as half`)[0]).toEqual({ half: null });
  plain('0002-before.sql', 'create table half (a int);');
  expect(await migrate({ ownerUrl, folder })).toBe(3);
});

test('a plain file changed after it was applied is refused, before anything is done', async () => {
  await migrate({ ownerUrl, folder });
  plain('0002-before.sql', 'create table before_tables (a bigint);');
  plain('0003-more.sql', 'create table more (a int);');
  await expect(migrate({ ownerUrl, folder })).rejects.toThrow(/0002-before\.sql was changed/);
  expect((await owner`select to_regclass('more') as more`)[0]).toEqual({ more: null });
});

test('a generated file changed after it was applied is refused', async () => {
  await migrate({ ownerUrl, folder });
  generated(['create table room (a bigint)']);
  await expect(migrate({ ownerUrl, folder })).rejects.toThrow(/migration 0 was changed/);
});

test('a journal that would make drizzle skip a file is refused', async () => {
  await migrate({ ownerUrl, folder });
  generated(['create table room (a int)', 'alter table room add column b int'], [1000, 900]);
  await expect(migrate({ ownerUrl, folder })).rejects.toThrow(/out of order/);
});

test('a database newer than the code is refused', async () => {
  await migrate({ ownerUrl, folder });
  rmSync(join(folder, 'audit/0100-after.sql'));
  await expect(migrate({ ownerUrl, folder })).rejects.toThrow(/it is older/);
  plain('0100-after.sql', 'alter table room add constraint a_positive check (a > 0);');
  generated([]);
  await expect(migrate({ ownerUrl, folder })).rejects.toThrow(/it is older/);
});

test.each([
  [undefined, /must be a URL/],
  ['', /must be a URL/],
  ['localhost:5432/rostrum', /must be a URL/],
  ['mysql://u:p@host/rostrum', /must be a URL/],
  ['postgres:///rostrum', /lacks a host and a user/],
  ['postgres://user@host', /lacks a database/],
])('a database URL of %s is refused', (url, message) => {
  expect(() => checkDatabaseUrl(url)).toThrow(message);
});
