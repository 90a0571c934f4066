import postgres from 'postgres';
import { beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { appendAudit } from '#server/audit/entry.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';

// What someone with the application's password might try.
const database = useDatabase();
let app: postgres.Sql;
let owner: postgres.Sql;
let partition: string;
let eventId: string;

beforeAll(() => {
  app = postgres(database.appUrl, { max: 1, onnotice: () => {} });
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  return () => Promise.all([app.end(), owner.end()]);
});

const entry = {
  action: 'room.locked',
  outcome: 'accepted' as const,
  occurred_at: 1_612_701_296_789,
  actor: 'operator:1',
  target: 'room:1',
  room: '1',
  fields: [{ name: 'reason', value: 'private' }],
};

beforeEach(async () => {
  const [id] = await database.db.sql.begin((tx) => appendAudit(tx, [entry]));
  eventId = id ?? '';
  const [row] = await owner`
    select tableoid::regclass::text as partition from audit.event where event_id = ${eventId}`;
  partition = row?.partition;
});

async function log() {
  return Promise.all([
    owner`select * from audit.event order by event_id`,
    owner`select * from audit.disclosure order by event_id, name`,
    owner`select event_id, leaf_hash from audit.outbox order by event_id`,
  ]).then((tables) => tables.map((table) => [...table]));
}

/** Tries statements as a role, each by itself; expects this code of each, and an untouched log. */
async function expectRefused(sql: postgres.Sql, code: string, statements: string[]) {
  const before = await log();
  for (const statement of statements) {
    const error = await sql.unsafe(statement).then(
      () => undefined,
      (reason: postgres.PostgresError) => reason,
    );
    expect(error?.code, statement).toBe(code);
  }
  expect(await log()).toEqual(before);
}

const denied = '42501';
const tables = () => [
  'audit.event',
  partition,
  'audit.event_default',
  'audit.disclosure',
  'audit.outbox',
];
const changes = (table: string) => [
  `update ${table} set event_id = event_id`,
  `delete from ${table}`,
  `truncate ${table}`,
];

test('the application cannot change or delete anything of the log', async () => {
  await expectRefused(app, denied, tables().flatMap(changes));
});

test('the application cannot insert rows by itself', async () => {
  await expectRefused(app, denied, [
    `insert into audit.event select * from audit.event`,
    `insert into ${partition} select * from audit.event`,
    `insert into audit.disclosure (event_id, name) values (gen_random_uuid(), 'x')`,
    `insert into audit.outbox (event_id, leaf_hash) values (gen_random_uuid(), '')`,
    `copy audit.outbox from stdin`,
    `insert into audit.correction values (gen_random_uuid(), gen_random_uuid())`,
  ]);
});

test('the application cannot read disclosures, the outbox or partitions', async () => {
  await expectRefused(app, denied, [
    'select * from audit.disclosure',
    'select count(*) from audit.disclosure',
    'copy audit.disclosure to stdout',
    'select * from audit.outbox',
    `select * from ${partition}`,
  ]);
});

test('the application can read events', async () => {
  const [row] = await app`select action from audit.event where event_id = ${eventId}`;
  expect(row?.action).toBe('room.locked');
});

test('triggers refuse even a superuser, on every partition', async () => {
  const all = await owner`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent = 'audit.event'::regclass`;
  expect(all.length).toBeGreaterThanOrEqual(5);
  const names = [...new Set([...tables(), ...all.map((row) => row.name)])];
  await expectRefused(owner, denied, names.flatMap(changes));
});

test('triggers refuse a session that plays replica', async () => {
  await owner`set session_replication_role = replica`;
  await expectRefused(owner, denied, tables().flatMap(changes));
  await owner`reset session_replication_role`;
});

test('a partition made later is guarded like the first', async () => {
  const [made] = await owner`select audit.ensure_partitions(12) as count`;
  expect(made?.count).toBe(9);
  const [last] = await owner`
    select max(inhrelid::regclass::text) as name from pg_inherits
    where inhparent = 'audit.event'::regclass and inhrelid <> 'audit.event_default'::regclass`;
  await expectRefused(owner, denied, changes(last?.name));
  await expectRefused(app, denied, changes(last?.name));
  const [again] = await owner`select audit.ensure_partitions(12) as count`;
  expect(again?.count).toBe(0);
});

test('the application cannot play replica', async () => {
  await expectRefused(app, denied, [
    'set session_replication_role = replica',
    'set local session_replication_role = replica',
  ]);
});

test('the application cannot disable or drop triggers', async () => {
  await expectRefused(app, denied, [
    ...tables().flatMap((table) => [
      `alter table ${table} disable trigger all`,
      `alter table ${table} disable trigger append_only`,
      `drop trigger append_only on ${table}`,
    ]),
    'alter table public.participant disable trigger all',
    'drop trigger on_record_update on public.participant',
    'alter table public.room disable trigger on_record_update',
  ]);
});

test('the application cannot drop, rename or alter what belongs to the log', async () => {
  await expectRefused(app, denied, [
    'drop schema audit cascade',
    ...tables().map((table) => `drop table ${table}`),
    'drop function audit.append(jsonb)',
    'alter table audit.event detach partition audit.event_default',
    'alter table audit.event add column x int',
    'alter table audit.outbox rename to inbox',
    'alter function audit.append(jsonb) owner to rostrum_app',
    'create table audit.mine ()',
    'create trigger mine before insert on audit.event execute function audit.refuse_change()',
    'create rule mine as on insert to audit.event do instead nothing',
  ]);
  // PostgreSQL only warns when there is nothing that one may grant.
  await app`grant all on audit.event to rostrum_app`;
  await expectRefused(app, denied, changes('audit.event'));
});

test('the application cannot become another role', async () => {
  await expectRefused(app, denied, [
    'set role audit_owner',
    'set role audit_sequencer',
    'set role audit_eraser',
    'set session authorization audit_owner',
    'grant audit_owner to rostrum_app',
    'alter role rostrum_app superuser',
    'create role mine in role audit_owner',
  ]);
});

test('the application cannot replace or call the inner functions', async () => {
  await expectRefused(app, denied, [
    `create or replace function audit.append(events jsonb)
       returns table (ordinal int, event_id uuid) language sql as 'select 0, null::uuid'`,
    `create or replace function audit.require_event() returns trigger
       language plpgsql as 'begin return null; end'`,
    `create function public.mine() returns int language sql as 'select 1'`,
    `select audit.make_append_only('public.room')`,
    `select audit.has_event('room:1')`,
    `select audit.leaf('', gen_random_uuid(), now())`,
    `select audit.correct(gen_random_uuid(), 'operator:1', 'so')`,
  ]);
});

test('temporary tables, types and functions do not shadow what append uses', async () => {
  await owner.unsafe(
    `grant temporary on database ${new URL(database.appUrl).pathname.slice(1)} to rostrum_app`,
  );
  const shadowed = postgres(database.appUrl, { max: 1, onnotice: () => {} });
  try {
    await shadowed.unsafe(`
      create temporary table event (like audit.event);
      create temporary table disclosure (event_id uuid, name text, salt bytea, value text,
        subject_ref text, erased_at timestamptz);
      create temporary table outbox (event_id uuid, leaf_hash bytea, xid xid8);
      create function pg_temp.sha256(bytea) returns bytea language sql as 'select ''\\x00''::bytea';
      create function pg_temp.gen_random_uuid() returns uuid
        language sql as 'select ''00000000-0000-0000-0000-000000000000''::uuid';
      create function pg_temp.unnest(anyarray) returns setof anyelement
        language sql as 'select null where false';
      set search_path = pg_temp, audit, public, pg_catalog`);
    const rows = await shadowed.unsafe(
      `select * from audit.append('${JSON.stringify([entry])}'::jsonb)`,
    );
    const [stored] = await owner`
      select leaf_hash = sha256(decode('00', 'hex') || leaf) as sound,
        (select count(distinct salt)::int from audit.disclosure d where d.event_id = e.event_id) as salts,
        exists (select from audit.outbox o where o.event_id = e.event_id) as queued
      from audit.event e where event_id = ${rows[0]?.event_id}`;
    expect(stored).toEqual({ sound: true, salts: 2, queued: true });
    const [temporary] = await shadowed`select count(*)::int as n from pg_temp.outbox`;
    expect(temporary?.n).toBe(0);
  } finally {
    await shadowed.end();
  }
});

test('the application makes no temporary tables where it was set up by migrate', async () => {
  const [row] = await owner`
    select has_database_privilege('rostrum_app', ${new URL(inject('postgres').ownerUrl).pathname.slice(1)}, 'temporary') as may`;
  expect(row?.may).toBe(false);
});

test('only the sequencer takes from the outbox, and it sees no private field', async () => {
  await owner`set role audit_sequencer`;
  const taken =
    await owner`delete from audit.outbox where event_id = ${eventId} returning event_id`;
  expect(taken).toHaveLength(1);
  const [leaf] = await owner`select leaf_hash from audit.event where event_id = ${eventId}`;
  expect(leaf?.leaf_hash).toHaveLength(32);
  for (const statement of [
    'select * from audit.disclosure',
    'select actor_ref from audit.event',
    'select xid from audit.outbox',
    'delete from audit.event',
    'update audit.outbox set leaf_hash = leaf_hash',
    'truncate audit.outbox',
    `select audit.append('[]')`,
  ]) {
    await expect(owner.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
  }
  await owner`reset role`;
});

test('nobody but the sequencer can hold its turn', async () => {
  await app`select pg_advisory_lock(${0x6c6f67})`;
  await expectRefused(app, denied, [
    'select * from audit.turn for update',
    'select * from audit.turn for key share',
    'select * from audit.turn',
    ...['audit.turn', 'audit.turn in access share mode', 'audit.outbox in exclusive mode'].map(
      (what) => `do $$ begin lock table ${what}; end $$`,
    ),
  ]);
  expect((await sequenceAll(sequencerOptions(database)))?.taken).toBeGreaterThan(0);
  await app`select pg_advisory_unlock_all()`;
});

test('the application may not touch rows it has no business with', async () => {
  await expectRefused(app, denied, [
    ...[
      'room_event',
      'participant',
      'command',
      'report',
      'floor_segment',
      'ingested_event',
      'room',
      'member',
      'operator',
      'session',
      'sign_in_link',
      'hand_over',
      'enforcement',
    ].flatMap((table) => [
      `delete from public.${table}`,
      `truncate public.${table}`,
      `drop table public.${table}`,
    ]),
    'update public.room_event set body = body',
    `update public.room set id = 'x'`,
    'update public.room set purged_at = now()',
    'update public.participant set member_ref = gen_random_uuid()',
    'update public.member set ref = gen_random_uuid()',
    `update public.command set input = '{}'`,
    `update public.report set text = ''`,
    'create table public.mine ()',
    'create schema mine',
  ]);
});
