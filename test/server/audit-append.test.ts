import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { beforeAll, expect, test } from 'vitest';
import type { AuditEntry } from '#server/audit/entry.ts';
import { useDatabase } from '#test/support/postgres.ts';

const database = useDatabase();
let owner: postgres.Sql;

beforeAll(() => {
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  return () => owner.end();
});

const subject = 'member:8f14e45f-ceea-467f-a5f4-1b2c3d4e5f60';

function entry(extra: Partial<AuditEntry> = {}): AuditEntry {
  return {
    action: 'participant.muted',
    outcome: 'accepted',
    occurred_at: 1_612_701_296_789,
    actor: 'operator:1',
    target_type: 'participant',
    target: subject,
    room: 'room-1',
    ...extra,
  };
}

async function append(events: unknown): Promise<{ ordinal: number; event_id: string }[]> {
  return database.db.sql`select * from audit.append(${JSON.stringify(events)}::text::jsonb)`;
}

async function refusal(events: unknown): Promise<string> {
  const error = await append(events).then(
    () => undefined,
    (reason: postgres.PostgresError) => reason,
  );
  expect(error?.code).toBe('22023');
  return error?.message ?? '';
}

const sha256 = (...parts: (Buffer | string)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
    .digest();

function fieldDigest({ salt, name, value }: { salt: Buffer; name: string; value: string }): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(name));
  return sha256('rostrum/v1/field\0', salt, length, name, value);
}

test.each<[string, (events: AuditEntry[]) => Promise<{ event_id: string }[]>]>([
  ['together', append],
  ['one by one', async (events) => (await Promise.all(events.map((one) => append([one])))).flat()],
])('commitment, leaf and leaf hash are what the written format says: %s', async (_, appendAll) => {
  const said = '他说：«ئۇيغۇر» "quoted" \\ 🎙';
  const ids = await appendAll([
    entry({
      fields: [
        { name: 'reason', value: said, subject },
        { name: 'before', value: { muted: false, ranks: [1, 2, null] } },
        { name: 'nothing', value: null },
      ],
    }),
    entry({ action: 'room.locked' }),
  ]);
  const rows = await owner`
    select e.event_id, e.recorded_at, e.leaf, e.leaf_hash, o.leaf_hash as queued_hash,
      d.fields
    from audit.event e join audit.outbox o using (event_id)
    join lateral (
      select json_agg(json_build_object('salt', encode(salt, 'hex'), 'name', name, 'value', value))
        as fields
      from audit.disclosure d where d.event_id = e.event_id
    ) d on true
    where e.event_id = any(${ids.map(({ event_id }) => event_id)}) order by e.action`;
  expect(rows.map((row) => row.event_id)).toEqual(ids.map(({ event_id }) => event_id));
  expect(rows.map((row) => row.fields.length)).toEqual([4, 1]);
  for (const row of rows) {
    const digests = row.fields.map((field: { salt: string; name: string; value: string }) =>
      fieldDigest({ ...field, salt: Buffer.from(field.salt, 'hex') }),
    );
    const commitment = sha256('rostrum/v1/body\0', ...digests.sort(Buffer.compare));
    // JSON.stringify with keys in order and plain strings is RFC 8785 form.
    const leaf = JSON.stringify({
      c: commitment.toString('hex'),
      id: row.event_id,
      k: 'event',
      t: row.recorded_at.toISOString(),
      v: 1,
    });
    expect(row.leaf.toString()).toBe(leaf);
    expect(row.leaf_hash).toEqual(sha256(Buffer.of(0), leaf));
    expect(row.queued_hash).toEqual(row.leaf_hash);
  }
  const reason = rows[0]?.fields.find(({ name }: { name: string }) => name === 'reason');
  expect(JSON.parse(reason.value)).toBe(said);
});

test.each(['alone', 'as a child'])(
  'the commitment covers the public columns through the field named event: %s',
  async (how) => {
    const correlation = '0b4b0d0e-1111-4222-8333-444455556666';
    const said = entry({ outcome: 'refused', correlation, reverses: correlation });
    const written = await append(how === 'alone' ? [said] : [entry(), { ...said, parent: 0 }]);
    const [child, parent] = [written.at(-1), written.at(-2)];
    const [row] = await owner`
    select e.*, d.value::jsonb as header from audit.event e
    join audit.disclosure d on d.event_id = e.event_id and d.name = 'event'
    where e.event_id = ${child?.event_id ?? ''}`;
    expect(row?.header).toEqual({
      action: row?.action,
      outcome: 'refused',
      occurred_at: row?.occurred_at.getTime(),
      actor: row?.actor_ref,
      target_type: row?.target_type,
      target: row?.target_ref,
      room: row?.room_ref,
      correlation: row?.correlation_id,
      ...(parent ? { parent: parent.event_id } : {}),
      reverses: row?.reverses_id,
    });
    expect(row?.occurred_at.toISOString()).toBe('2021-02-07T12:34:56.789Z');
    expect(row?.action_version).toBe(1);
    expect(row?.parent_id).toBe(parent?.event_id ?? null);
  },
);

test('every salt is its own and at least 16 bytes', async () => {
  const fields = [
    { name: 'one', value: 1 },
    { name: 'two', value: 1 },
  ];
  const ids = await append(Array.from({ length: 50 }, () => entry({ fields })));
  const salts = await owner`
    select encode(salt, 'hex') as salt from audit.disclosure
    where event_id = any(${ids.map(({ event_id }) => event_id)})`;
  expect(new Set(salts.map((row) => row.salt)).size).toBe(150);
  expect(Math.min(...salts.map((row) => row.salt.length))).toBeGreaterThanOrEqual(32);
});

test('10,000 events are written in order, under version 7 ids of this moment', async () => {
  const from = Date.now();
  const ids = await append(Array.from({ length: 10_000 }, (_, n) => entry({ room: `r${n}` })));
  expect(ids.map(({ ordinal }) => ordinal)).toEqual(ids.map((_, index) => index));
  const names = ids.map(({ event_id }) => event_id);
  expect(names).toEqual([...new Set(names)].sort());
  const [first = ''] = names;
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const made = Number.parseInt(first.replace('-', '').slice(0, 12), 16);
  expect(Math.abs(made - from)).toBeLessThan(60_000);
  const stored = await owner`
    select room_ref from audit.event where event_id = any(${names}) order by event_id`;
  expect(stored.map((row) => row.room_ref)).toEqual(names.map((_, n) => `r${n}`));
});

test.each<[string, unknown, RegExp]>([
  ['an object', entry(), /array of 1\.\.10000/],
  ['an empty array', [], /array of 1\.\.10000/],
  ['too many events', Array.from({ length: 10_001 }, () => 1), /array of 1\.\.10000/],
  ['something else than an object', ['mute'], /event 0 is not an object/],
  ['an unknown key', [entry(), { ...entry(), leaf: 'x' }], /event 1 has an unknown key/],
  ['an id of the caller', [{ ...entry(), event_id: subject }], /unknown key/],
  ['an action without object', [entry({ action: 'muted' })], /no action/],
  ['an action in capitals', [entry({ action: 'Room.locked' })], /no action/],
  ['an action with a line after it', [entry({ action: 'room.locked\n' })], /no action/],
  ['no action', [{ ...entry(), action: null }], /no action/],
  ['another outcome', [{ ...entry(), outcome: 'maybe' }], /outcome/],
  ['a version of 0', [{ ...entry(), version: 0 }], /version/],
  ['a time in words', [{ ...entry(), occurred_at: '2021-02-07' }], /occurred_at/],
  ['a time out of range', [entry({ occurred_at: 1e18 })], /occurred_at/],
  ['no actor', [{ ...entry(), actor: undefined }], /no actor/],
  ['an empty actor', [entry({ actor: '' })], /no actor/],
  ['an oversized target', [entry({ target: 'x'.repeat(201) })], /target/],
  ['a room with a space', [entry({ room: 'room 1' })], /room/],
  ['a correlation that is no UUID', [entry({ correlation: 'x' })], /correlation/],
  ['an event as its own parent', [entry({ parent: 0 })], /parent/],
  ['a later event as parent', [entry({ parent: 1 }), entry()], /parent/],
  ['a negative parent', [entry(), entry({ parent: -1 })], /parent/],
  ['a huge parent', [entry(), entry({ parent: 1e30 })], /parent/],
  ['fields as an object', [{ ...entry(), fields: {} }], /fields that are not an array/],
  ['too many fields', [entry({ fields: fieldsUpTo(65) })], /more than 64 fields/],
  ['a field that is no object', [{ ...entry(), fields: [1] }], /field that is not an object/],
  [
    'a field with a salt',
    [{ ...entry(), fields: [{ name: 'a', value: 1, salt: '' }] }],
    /unknown key/,
  ],
  ['a field without a value', [{ ...entry(), fields: [{ name: 'a' }] }], /without a value: a/],
  ['a field in the name of the header', [entry({ fields: [{ name: 'event', value: 1 }] })], /name/],
  [
    'an oversized field',
    [entry({ fields: [{ name: 'a', value: 'x'.repeat(65_536) }] })],
    /64 KiB: a/,
  ],
  ['a bad subject', [entry({ fields: [{ name: 'a', value: 1, subject: ' ' }] })], /subject/],
])('append refuses %s', async (_, events, message) => {
  expect(await refusal(events)).toMatch(message);
  // One event by itself is written by a statement of its own.
  const isOne = Array.isArray(events) && events.length === 1;
  if (isOne) expect(await refusal([...events, entry()])).toMatch(message);
});

test('a refused call writes none of its events', async () => {
  const count = () => owner`select count(*)::int as n from audit.event`.then(([row]) => row?.n);
  const before = await count();
  await refusal([entry(), entry(), entry({ action: 'x' })]);
  expect(await count()).toBe(before);
});

test('two fields of one name are refused', async () => {
  const fields = [
    { name: 'a', value: 1 },
    { name: 'a', value: 2 },
  ];
  await expect(append([entry({ fields })])).rejects.toMatchObject({ code: '23505' });
  await expect(append([entry(), entry({ fields })])).rejects.toMatchObject({ code: '23505' });
});

test('an event outside every month made so far is kept, and its month left with it', async () => {
  const [far] = await owner`
    insert into audit.event (event_id, recorded_at, occurred_at, action, action_version, outcome,
      actor_ref, leaf, leaf_hash)
    values (audit.uuid_v7(now() + interval '5 months'), now(), now(), 'room.locked', 1, 'accepted',
      'system', '', sha256(decode('00', 'hex')))
    returning event_id, tableoid::regclass::text as partition`;
  expect(far?.partition).toBe('audit.event_default');
  const [made] = await owner`select audit.ensure_partitions(6) as count`;
  expect(made?.count).toBe(2);
  const [kept] = await database.db.sql`
    select action from audit.event where event_id = ${far?.event_id}`;
  expect(kept?.action).toBe('room.locked');
});

function fieldsUpTo(count: number) {
  return Array.from({ length: count }, (_, n) => ({ name: `f${n}`, value: n }));
}
