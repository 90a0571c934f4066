import { describe, expect, test } from 'vitest';
import type { Transaction } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { type Change, unrecorded, useGuardedRows } from '#test/support/guarded-rows.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
const { ids, entry, commit, set, setRoom, join, person, room, operator } = useGuardedRows(base);

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
