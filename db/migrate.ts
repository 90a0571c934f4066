import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyGenerated } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { checkDatabaseUrl } from './database-url.ts';
import { scramVerifier } from './scram-verifier.ts';

export interface MigrateOptions {
  /** Connects as a role that may create roles and schemas; the application never sees it. */
  ownerUrl: string;
  /** Set as the password of `rostrum_app`, when given. */
  appPassword?: string;
  /** The same for `audit_sequencer`. */
  sequencerPassword?: string;
  /** The same for `audit_eraser`. */
  eraserPassword?: string;
  /** Told each step in one line. */
  log?: (line: string) => void;
  /** Folder with drizzle's files and audit/. Default: db/migrations. */
  folder?: string;
}

const lockKey = 0x726f7374;
const oldestSupported = 150_000;
const beforeTables = (name: string) => name < '0100';

/**
 * Brings a database up to date, once, whoever else tries at the same time: plain SQL of
 * audit/00xx-*.sql (roles, schema audit), drizzle's generated files, then audit/0100 and above
 * (grants and triggers on the application's tables).
 *
 * @returns how many files were applied; 0 when it was up to date
 * @throws with a message for people: server too old, a file changed after it was applied, a
 *   database newer than this code
 */
export async function migrate(options: MigrateOptions): Promise<number> {
  const { log = () => {}, folder = fileURLToPath(new URL('./migrations', import.meta.url)) } =
    options;
  const url = checkDatabaseUrl(options.ownerUrl, "The owner's database URL");
  const connect = () => postgres(url, { max: 1, onnotice: () => {}, prepare: false });
  const sql = connect();
  const forDrizzle = connect();
  try {
    await refuseOldServer(sql);
    await sql`select pg_advisory_lock(${lockKey})`;
    const files = readPlainFiles(join(folder, 'audit'));
    await checkPlainFiles(sql, files);
    let applied = await applyPlain(
      sql,
      files.filter(({ name }) => beforeTables(name)),
      log,
    );
    const fresh = await countFreshGenerated(sql, folder);
    if (fresh > 0) {
      log(`applying ${fresh} generated migration(s)`);
      await applyGenerated(drizzle(forDrizzle), { migrationsFolder: folder });
    }
    applied += fresh;
    applied += await applyPlain(
      sql,
      files.filter(({ name }) => !beforeTables(name)),
      log,
    );
    await setPassword(sql, 'rostrum_app', options.appPassword);
    await setPassword(sql, 'audit_sequencer', options.sequencerPassword);
    await setPassword(sql, 'audit_eraser', options.eraserPassword);
    return applied;
  } finally {
    await Promise.all([sql.end(), forDrizzle.end()]);
  }
}

async function setPassword(sql: postgres.Sql, role: string, password?: string): Promise<void> {
  if (!password) return;
  await sql.unsafe(`alter role ${role} with login password '${scramVerifier(password)}'`);
}

interface PlainFile {
  name: string;
  text: string;
  hash: string;
}

async function refuseOldServer(sql: postgres.Sql): Promise<void> {
  const [row] = await sql`
    select current_setting('server_version_num')::int as number,
           current_setting('server_version') as text`;
  if (row && row.number < oldestSupported) {
    throw new Error(`Rostrum needs PostgreSQL 15 or newer; this server is ${row.text}.`);
  }
}

function readPlainFiles(folder: string): PlainFile[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name) => {
    if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name))
      throw new Error(`${name} is not named NNNN-name.sql.`);
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, text, hash: createHash('sha256').update(text).digest('hex') };
  });
}

/** Refuses when an applied file has changed or gone, or when a new one would come before it. */
async function checkPlainFiles(sql: postgres.Sql, files: PlainFile[]): Promise<void> {
  await sql.unsafe(`
    create schema if not exists migration;
    create table if not exists migration.plain_file (
      name text primary key, hash text not null, applied_at timestamptz not null default now());`);
  const byName = new Map(files.map((file) => [file.name, file]));
  for (const { name, hash } of await sql`select name, hash from migration.plain_file`) {
    const file = byName.get(name);
    if (!file) throw new Error(`This database has ${name}, which this Rostrum lacks: it is older.`);
    if (file.hash !== hash) {
      throw new Error(`${name} was changed after it was applied. Put it back; add a new file.`);
    }
  }
}

async function applyPlain(
  sql: postgres.Sql,
  files: PlainFile[],
  log: (line: string) => void,
): Promise<number> {
  const done = new Set((await sql`select name from migration.plain_file`).map(({ name }) => name));
  const fresh = files.filter(({ name }) => !done.has(name));
  for (const { name, text, hash } of fresh) {
    log(`applying ${name}`);
    await sql.begin(async (tx) => {
      await tx.unsafe(text);
      await tx`insert into migration.plain_file (name, hash) values (${name}, ${hash})`;
    });
  }
  return fresh.length;
}

/** Drizzle skips files older than its newest without a word; here that is refused. */
async function countFreshGenerated(sql: postgres.Sql, folder: string): Promise<number> {
  if (!existsSync(join(folder, 'meta', '_journal.json'))) return 0;
  const files = readMigrationFiles({ migrationsFolder: folder });
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as found`;
  const applied = table?.found
    ? await sql`select hash from drizzle.__drizzle_migrations order by created_at`
    : [];
  if (applied.length > files.length) {
    throw new Error('This database has migrations that this Rostrum lacks: it is older.');
  }
  for (const [index, { hash }] of applied.entries()) {
    if (files[index]?.hash !== hash) {
      throw new Error(`Generated migration ${index} was changed after it was applied.`);
    }
  }
  const times = files.map(({ folderMillis }) => folderMillis);
  if (times.some((time, index) => index > 0 && time <= (times[index - 1] ?? 0))) {
    throw new Error('The journal of generated migrations is out of order: it must only grow.');
  }
  return files.length - applied.length;
}
