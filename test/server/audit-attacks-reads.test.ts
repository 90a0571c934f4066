import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { appendAudit } from '#server/audit/entry.ts';
import { reportEntries } from '#server/audit/report-entries.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

// What someone with the application's password might try, to see what is sealed without a trace.
const database = useDatabase();
const denied = '42501';
const reporter = `member:${randomUUID()}`;
let app: postgres.Sql;
let owner: postgres.Sql;
let lead: string;
let other: string;
let event: string;

beforeAll(async () => {
  app = postgres(database.appUrl, { max: 1, onnotice: () => {} });
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  lead = `operator:${(await addOperator(database.db, ['lead'])).id}`;
  other = `operator:${(await addOperator(database.db, ['auditor'])).id}`;
  return () => Promise.all([app.end(), owner.end()]);
});

beforeEach(async () => {
  const filed = { reportId: randomUUID(), room: 'tea', reporter, subject: 'member:s' };
  const entries = reportEntries({
    ...filed,
    category: 'hate',
    words: { text: '' },
    pins: false,
    at: Date.now(),
  });
  const [id] = await database.db.begin((tx) => appendAudit(tx, entries));
  event = id ?? '';
});

async function ask(sql: postgres.Sql | postgres.TransactionSql = app): Promise<string> {
  const [row] = await sql`
    select audit.request_access(${lead}, null, ${event}, '{reporter}', 'case', 'to see', null) as id`;
  return row?.id;
}

const reveal = (access: string, actor = lead, sql: postgres.Sql | postgres.TransactionSql = app) =>
  sql`select * from audit.reveal(${access}, ${actor})`;

const refused = (detail: string) => ({ code: denied, detail });

async function readsLeft() {
  const [row] = await owner`
    select (select count(*)::int from audit.access where event_id = ${event}) as tickets,
      (select count(*)::int from audit.access where event_id = ${event} and released_at is not null)
        as shown,
      (select count(*)::int from audit.event where target_ref = ${`event:${event}`}) as events`;
  return row;
}

test('reveal in the transaction that asked is refused', async () => {
  await expect(app.begin(async (tx) => reveal(await ask(tx), lead, tx))).rejects.toMatchObject(
    refused('same_transaction'),
  );
  await expect(
    app.begin(async (tx) => {
      const access = await tx.savepoint((inner) => ask(inner));
      return tx.savepoint((inner) => reveal(access, lead, inner));
    }),
  ).rejects.toMatchObject(refused('same_transaction'));
  expect(await readsLeft()).toEqual({ tickets: 0, shown: 0, events: 0 });
});

test('reveal after the request was rolled back is refused', async () => {
  let access = '';
  await app
    .begin(async (tx) => {
      access = await ask(tx);
      throw new Error('rolled back');
    })
    .catch(() => {});
  expect(access).not.toBe('');
  await expect(reveal(access)).rejects.toMatchObject(refused('forbidden'));
});

test('reveal while the request is not committed is refused', async () => {
  const second = postgres(database.appUrl, { max: 1, onnotice: () => {} });
  try {
    await app.begin(async (tx) => {
      const access = await ask(tx);
      await expect(reveal(access, lead, second)).rejects.toMatchObject(refused('forbidden'));
    });
  } finally {
    await second.end();
  }
});

test('reveal, then ROLLBACK: who looked stays on the record', async () => {
  const access = await ask();
  let seen: unknown;
  await app
    .begin(async (tx) => {
      [seen] = await reveal(access, lead, tx);
      throw new Error('rolled back');
    })
    .catch(() => {});
  expect(seen).toEqual({ name: 'reporter', value: JSON.stringify(reporter) });
  expect(await readsLeft()).toEqual({ tickets: 1, shown: 0, events: 1 });
});

test("reveal with somebody else's ticket, or twice, is refused", async () => {
  const access = await ask();
  await expect(reveal(access, other)).rejects.toMatchObject(refused('forbidden'));
  await expect(reveal(access, 'system')).rejects.toMatchObject(refused('forbidden'));
  expect(await reveal(access)).toHaveLength(1);
  await expect(reveal(access)).rejects.toMatchObject(refused('already_shown'));
});

test('reveal more than 60 seconds later is refused, whatever now() says', async () => {
  const access = await ask();
  await owner`alter table audit.access disable trigger only_released`;
  await owner`update audit.access set at = at - interval '61 seconds' where access_id = ${access}`;
  await owner`alter table audit.access enable always trigger only_released`;
  await expect(reveal(access)).rejects.toMatchObject(refused('expired'));
  const late = await ask();
  await expect(
    app.begin(async (tx) => {
      await tx`select now()`;
      await owner`alter table audit.access disable trigger only_released`;
      await owner`update audit.access set at = at - interval '61 seconds' where access_id = ${late}`;
      await owner`alter table audit.access enable always trigger only_released`;
      return reveal(late, lead, tx);
    }),
  ).rejects.toMatchObject(refused('expired'));
});

test('the application cannot read or write disclosures, tickets or the listing directly', async () => {
  await ask();
  const statements = [
    'select * from audit.disclosure',
    'select value from audit.disclosure',
    'copy (select * from audit.disclosure) to stdout',
    'select * from audit.access',
    'select * from audit.listing',
    'select * from audit.word',
    'select * from audit.erasure',
    `insert into audit.access (actor_ref, fields, purpose, why) values ('x', '{}', 'case', 'x')`,
    'update audit.access set released_at = null',
    'delete from audit.access',
    'truncate audit.access',
    'delete from audit.listing',
    'update audit.listing set room_ref = null',
    'update audit.disclosure set erased_at = now()',
    'alter table audit.access disable trigger all',
  ];
  for (const statement of statements) {
    await expect(app.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
  }
});

test('not even a superuser changes a ticket or a disclosure while the triggers stand', async () => {
  const access = await ask();
  await reveal(access);
  for (const statement of [
    `update audit.access set actor_ref = 'operator:other'`,
    'update audit.access set released_at = null',
    'update audit.access set released_at = now()',
    'delete from audit.access',
    'truncate audit.access',
    `update audit.disclosure set value = '"x"'`,
    'update audit.disclosure set value = null, salt = null, erased_at = now()',
    'delete from audit.disclosure',
    'delete from audit.erasure',
  ]) {
    await expect(owner.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
    await owner`set session_replication_role = replica`;
    await expect(owner.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
    await owner`reset session_replication_role`;
  }
});

test('the owner of the log erases no field in another way than whole', async () => {
  await owner`set role audit_owner`;
  for (const set of [
    `value = '"x"'`,
    'value = null, salt = null, subject_ref = null, erased_at = now(), erased_by = event_id',
    `value = null, salt = null, subject_ref = null, erased_at = now(), erased_by = event_id,
      digest = '\\x00'`,
  ]) {
    const statement = `update audit.disclosure set ${set}`;
    await expect(owner.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
  }
  await owner`reset role`;
});

test('the application can neither erase nor use, replace or drop the functions that do', async () => {
  for (const statement of [
    `select audit.request_erasure('m', 'x', '${lead}')`,
    `select * from audit.erase_subject(gen_random_uuid(), '${lead}')`,
    'select * from audit.list_erasures()',
    `select audit.append_erasure(gen_random_uuid(), now(), 'x', 'x', null, '{}')`,
    'select audit.is_erasing()',
    `select audit.leaf('', gen_random_uuid(), now(), 'erasure')`,
    `select audit.has_role('${lead}', '{lead}')`,
    `select audit.words_about('${event}', 'report.filed')`,
    `create or replace function audit.is_sealed(action text, name text) returns boolean
       language sql as 'select false'`,
    `create or replace function audit.reveal(access uuid, actor text)
       returns table (name text, value text) language sql as 'select null, null'`,
    `create or replace function audit.is_erasing() returns boolean language sql as 'select true'`,
    'drop function audit.request_access(text, text, uuid, text[], text, text, text)',
    'alter function audit.fields_of(uuid[]) security invoker',
    'set role audit_eraser',
  ]) {
    await expect(app.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
  }
});

test('the application cannot say that somebody was erased', async () => {
  const forged = {
    action: 'member.erased',
    outcome: 'accepted',
    occurred_at: Date.now(),
    actor: lead,
    target: 'member:x',
  };
  for (const events of [[forged], [{ ...forged, action: 'room.locked' }, forged]]) {
    await expect(
      app`select audit.append(${JSON.stringify(events)}::text::jsonb)`,
    ).rejects.toMatchObject({
      code: '22023',
      message: expect.stringMatching(/action of an erasure/),
    });
  }
  const [row] =
    await owner`select count(*)::int as n from audit.event where target_ref = 'member:x'`;
  expect(row?.n).toBe(0);
});

test('temporary tables and functions do not shadow what the reads use', async () => {
  const name = new URL(database.appUrl).pathname.slice(1);
  await owner.unsafe(`grant temporary on database ${name} to rostrum_app`);
  const shadowed = postgres(database.appUrl, { max: 1, onnotice: () => {} });
  try {
    await shadowed.unsafe(`
      create temporary table access (access_id uuid, at timestamptz, actor_ref text, subject text,
        event_id uuid, fields text[], purpose text, why text, case_ref text, xid xid8,
        released_at timestamptz);
      create temporary table disclosure (event_id uuid, name text, salt bytea, value text,
        subject_ref text, erased_at timestamptz, digest bytea, erased_by uuid);
      create temporary table operator (id uuid, roles text[], disabled_at timestamptz);
      create temporary table listing (event_id uuid, leaf_index bigint);
      create function pg_temp.is_sealed(text, text) returns boolean language sql as 'select false';
      create function pg_temp.clock_timestamp() returns timestamptz
        language sql as 'select ''2000-01-01''::timestamptz';
      create function pg_temp.pg_xact_status(xid8) returns text language sql as 'select ''committed''';
      create function pg_temp.pg_current_xact_id_if_assigned() returns xid8
        language sql as 'select null::xid8';
      insert into operator values (gen_random_uuid(), '{lead}', null);
      set search_path = pg_temp, audit, public, pg_catalog`);
    const [temporary] = await shadowed`select 'operator:' || id as ref from pg_temp.operator`;
    await expect(
      shadowed`select audit.request_access(${temporary?.ref}, null, ${event}, '{reporter}', 'case',
        'to see', null)`,
    ).rejects.toMatchObject(refused('forbidden'));
    await expect(
      shadowed.begin(async (tx) => reveal(await ask(tx), lead, tx)),
    ).rejects.toMatchObject(refused('same_transaction'));
    const fields = await shadowed`select name, value from audit.fields_of(${[event]})`;
    expect(fields.find((field) => field.name === 'reporter')?.value).toBeNull();
    expect(fields.length).toBeGreaterThan(2);
    expect(await reveal(await ask(shadowed), lead, shadowed)).toHaveLength(1);
    expect(await readsLeft()).toEqual({ tickets: 1, shown: 1, events: 1 });
  } finally {
    await shadowed.end();
  }
});

test('the eraser sees nothing and does nothing else', async () => {
  const eraser = postgres(database.eraserUrl, { max: 1, onnotice: () => {} });
  try {
    for (const statement of [
      'select * from audit.disclosure',
      'select * from audit.event',
      'select * from public.member',
      `select * from audit.fields_of(array['${event}'::uuid])`,
      'delete from audit.disclosure',
      `select audit.append('[]')`,
      `select audit.request_access('${lead}', null, '${event}', '{reporter}', 'case', 'x', null)`,
      `select audit.append_erasure(gen_random_uuid(), now(), 'x', 'x', null, '{}')`,
      'set role audit_owner',
    ]) {
      await expect(eraser.unsafe(statement), statement).rejects.toMatchObject({ code: denied });
    }
  } finally {
    await eraser.end();
  }
});
