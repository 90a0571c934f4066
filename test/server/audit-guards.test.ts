import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { useDatabase } from '#test/support/postgres.ts';

const database = useDatabase();
let owner: postgres.Sql;

beforeAll(() => {
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  return () => owner.end();
});

// Ids of what each test finds.
let ids: Record<
  'room' | 'member' | 'ref' | 'other' | 'operator' | 'report' | 'note' | 'link',
  string
>;

beforeEach(async () => {
  const tag = randomUUID();
  ids = {
    room: `room-${tag}`,
    member: `member-${tag}`,
    ref: randomUUID(),
    other: randomUUID(),
    operator: randomUUID(),
    report: randomUUID(),
    note: randomUUID(),
    link: `link-${tag}`,
  };
  const targets = [person(), room(), operator(), `report:${ids.report}`, `hand_over:${ids.note}`];
  await database.db.sql.begin(async (tx) => {
    await appendAudit(
      tx,
      targets.map((target) => entry(target)),
    );
    await tx`insert into room (id, title, opened_at) values (${ids.room}, 'Talk', now())`;
    await tx`insert into member (id, ref, handle, name) values (${ids.member}, ${ids.ref}, 'h', 'n')`;
    await tx`
      insert into participant (room_id, member_id, member_ref, ord, role, presence, via)
      values (${ids.room}, ${ids.member}, ${ids.ref}, 0, 'speaker', 'present', 'socket'),
        (${ids.room}, 'other', ${ids.other}, 1, 'listener', 'present', 'socket')`;
    await tx`insert into operator (id, name, roles) values (${ids.operator}, ${tag}, '{lead}')`;
    await tx`
      insert into report (id, room_id, subject_id, reporter_ref, category, text, at)
      values (${ids.report}, ${ids.room}, ${ids.member}, 'member:x', 'abuse', 'said', now())`;
    await tx`
      insert into hand_over (id, room_id, by_ref, by_name, note, at)
      values (${ids.note}, ${ids.room}, 'member:x', 'X', 'note', now())`;
    await tx`
      insert into sign_in_link (token_hash, operator_id, expires_at)
      values (${ids.link}, ${ids.operator}, now())`;
    await tx`
      insert into session (token_hash, member_id, room_id, expires_at)
      values (${ids.link}, ${ids.member}, ${ids.room}, now())`;
  });
});

const entry = (target: string, extra: Partial<AuditEntry> = {}): AuditEntry => ({
  action: 'test.done',
  outcome: 'accepted',
  occurred_at: Date.now(),
  actor: 'operator:1',
  target,
  room: ids.room,
  ...extra,
});

type Change = (tx: Transaction, events: string[]) => Promise<unknown>;

/** Commits a change together with events, as the application. @returns the error's code, or null */
async function commit(change: Change, entries: AuditEntry[] = []): Promise<string | null> {
  return database.db.sql
    .begin(async (tx) => {
      await change(tx, entries.length > 0 ? await appendAudit(tx, entries) : []);
    })
    .then(
      () => null,
      (error: postgres.PostgresError) => error.code,
    );
}

const unrecorded = '23000';
const set = (assignment: string) => (tx: Transaction) =>
  tx`update participant set ${tx.unsafe(assignment)} where room_id = ${ids.room} and member_id = ${ids.member}`;
const setRoom = (assignment: string) => (tx: Transaction) =>
  tx`update room set ${tx.unsafe(assignment)} where id = ${ids.room}`;
const join = (columns: string, values: string) => (tx: Transaction) =>
  tx`insert into participant (room_id, member_id, member_ref, ord, presence, via, ${tx.unsafe(columns)})
    values (${ids.room}, 'new', ${ids.ref}, 9, 'present', 'socket', ${tx.unsafe(values)})`;

const person = () => `member:${ids.ref}`;
const room = () => `room:${ids.room}`;
const operator = () => `operator:${ids.operator}`;

const guarded: [what: string, target: () => string, change: Change][] = [
  ['mute', person, set('mute_rank = 2')],
  ['a removal', person, set(`removed_at = now(), presence = 'gone'`)],
  ['the end of a removal', person, set('removed_until = now()')],
  ['the rank of a removal', person, set('removal_rank = 3')],
  ['a promotion', person, set(`role = 'moderator'`)],
  ['a demotion', person, set(`role = 'listener'`)],
  [
    'a demotion by leaving that also mutes',
    person,
    set(`role = 'listener', presence = 'gone', mute_rank = 1`),
  ],
  [
    'a demotion by leaving that also removes',
    person,
    set(`role = 'listener', presence = 'gone', removed_at = now()`),
  ],
  ['a promotion by leaving', person, set(`role = 'host', presence = 'gone'`)],
  ['a host who joins', person, join('role', `'host'`)],
  ['a moderator who joins', person, join('role', `'moderator'`)],
  ['a listener who joins muted', person, join('role, mute_rank', `'listener', 1`)],
  ['a listener who joins removed', person, join('role, removed_at', `'listener', now()`)],
  ['a lock', room, setRoom('locked = true')],
  ['closed hands', room, setRoom('hands_open = false')],
  ['a calm', room, setRoom(`calm_until = now(), calm_command_id = gen_random_uuid()`)],
  ['an ended room', room, setRoom(`status = 'ended'`)],
  ['another title', room, setRoom(`title = 'x'`)],
  ['a pin', room, setRoom('pinned_at = now()')],
  [
    'a new room',
    () => `room:${ids.other}`,
    (tx) => tx`insert into room (id, title, opened_at) values (${ids.other}, 't', now())`,
  ],
  [
    'a new report',
    () => `report:${ids.other}`,
    (tx) =>
      tx`insert into report (id, subject_id, reporter_ref, category, text, at)
      values (${ids.other}, ${ids.member}, 'member:x', 'abuse', '', now())`,
  ],
  [
    'a closed report',
    () => `report:${ids.report}`,
    (tx) => tx`update report set closed_at = now() where id = ${ids.report}`,
  ],
  [
    'a new hand-over',
    () => `hand_over:${ids.other}`,
    (tx) =>
      tx`insert into hand_over (id, room_id, by_ref, by_name, note, at)
      values (${ids.other}, ${ids.room}, 'member:x', 'X', 'note', now())`,
  ],
  [
    'an acknowledged hand-over',
    () => `hand_over:${ids.note}`,
    (tx) => tx`update hand_over set acknowledged_at = now() where id = ${ids.note}`,
  ],
  [
    'a new operator',
    () => `operator:${ids.other}`,
    (tx) =>
      tx`insert into operator (id, name, roles) values (${ids.other}, ${ids.other}, '{admin}')`,
  ],
  [
    'a granted role',
    operator,
    (tx) => tx`update operator set roles = '{admin}' where id = ${ids.operator}`,
  ],
  [
    'a link for an operator',
    operator,
    (tx) =>
      tx`insert into sign_in_link (token_hash, operator_id, expires_at) values (${ids.other}, ${ids.operator}, now())`,
  ],
  [
    'a link for a member',
    person,
    (tx) =>
      tx`insert into sign_in_link (token_hash, member_id, expires_at) values (${ids.other}, ${ids.member}, now())`,
  ],
  [
    'a used link',
    operator,
    (tx) => tx`update sign_in_link set used_at = now() where token_hash = ${ids.link}`,
  ],
  [
    'a session of an operator',
    operator,
    (tx) =>
      tx`insert into session (token_hash, operator_id, expires_at) values (${ids.other}, ${ids.operator}, now())`,
  ],
  [
    'an ended session of a member',
    person,
    (tx) => tx`update session set ended_at = now() where token_hash = ${ids.link}`,
  ],
];

describe.each(guarded)('%s', (_, target, change) => {
  test('is refused without an event', async () => {
    expect(await commit(change)).toBe(unrecorded);
  });

  test('is refused with an event about another target', async () => {
    const others = [`member:${ids.other}`, `room:other`, `operator:1`, `x${target()}`];
    const entries = others.filter((other) => other !== target()).map((other) => entry(other));
    expect(await commit(change, entries)).toBe(unrecorded);
  });

  test('is refused with an event that says it was refused', async () => {
    expect(await commit(change, [entry(target(), { outcome: 'refused' })])).toBe(unrecorded);
  });

  test('is refused with an event of an earlier transaction', async () => {
    expect(await commit(async () => {}, [entry(target())])).toBeNull();
    expect(await commit(change)).toBe(unrecorded);
  });

  test('is committed with its event', async () => {
    expect(await commit(change, [entry(target())])).toBeNull();
  });

  test('is refused when its event is rolled back', async () => {
    const code = await commit(async (tx) => {
      await tx
        .savepoint(async (inner) => {
          await appendAudit(inner as Transaction, [entry(target())]);
          throw new Error('changed my mind');
        })
        .catch(() => {});
      await change(tx, []);
    });
    expect(code).toBe(unrecorded);
  });
});

const unguarded: [what: string, change: Change][] = [
  ['presence', set(`presence = 'dropped', left_at = now(), cohort = 'x'`)],
  ['hand, microphone and floor', set('hand_at = now(), mic_on = true, floor_since = now()')],
  ['enforcement', set(`enforcement = 'observed'`)],
  ['a speaker who leaves', set(`role = 'listener', presence = 'gone'`)],
  ['a listener who joins', join('role', `'listener'`)],
  ['a count', setRoom('seq = seq + 1, present = 5, unattended_since = now(), shift_since = now()')],
  ['a session seen', (tx) => tx`update session set seen_at = now() where token_hash = ${ids.link}`],
];

test.each(unguarded)('%s needs no event', async (_, change) => {
  expect(await commit(change)).toBeNull();
});

test('an event about the same member in another room does not serve', async () => {
  expect(await commit(set('mute_rank = 1'), [entry(person(), { room: 'elsewhere' })])).toBe(
    unrecorded,
  );
});

test('a link for nobody is refused', async () => {
  const change: Change = (tx) =>
    tx`insert into sign_in_link (token_hash, expires_at) values (${ids.other}, now())`;
  expect(await commit(change, [entry(operator()), entry(person())])).toBe(unrecorded);
});

describe('a command', () => {
  const insert = (auditEventId: string) => (tx: Transaction) =>
    tx`
    insert into command (id, room_id, actor_ref, actor_name, name, input, from_seq, to_seq,
      audit_event_id, destructive, at)
    values (${randomUUID()}, ${ids.room}, 'operator:1', 'O', 'lock_room', '{}', 1, 1,
      ${auditEventId}, false, now())`;

  test('is committed with the event it names', async () => {
    const change: Change = (tx, [id = '']) => insert(id)(tx);
    expect(await commit(change, [entry(room())])).toBeNull();
  });

  test('is refused with an event that does not exist', async () => {
    expect(await commit(insert(randomUUID()), [entry(room())])).toBe(unrecorded);
  });

  test('is refused with an event of an earlier transaction', async () => {
    let earlier = '';
    await commit(
      async (_, [id = '']) => {
        earlier = id;
      },
      [entry(room())],
    );
    expect(await commit(insert(earlier), [entry(room())])).toBe(unrecorded);
  });
});

test('every change of many in one transaction is looked at', async () => {
  const everyone: Change = (tx) =>
    tx`update participant set mute_rank = 1 where room_id = ${ids.room}`;
  expect(await commit(everyone, [entry(person())])).toBe(unrecorded);
  expect(await commit(everyone, [entry(person()), entry(`member:${ids.other}`)])).toBeNull();
});

test('checking early does not check less', async () => {
  const early: Change = async (tx) => {
    await tx`set constraints all immediate`;
    await setRoom('locked = true')(tx);
  };
  expect(await commit(early)).toBe(unrecorded);
});

test('the guards stand in a session that plays replica', async () => {
  const change = owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`update room set locked = true where id = ${ids.room}`;
  });
  await expect(change).rejects.toMatchObject({ code: unrecorded });
});
