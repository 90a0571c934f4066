import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Transaction } from '#db/client.ts';
import { type Change, unrecorded, useGuardedRows } from '#test/support/guarded-rows.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
const { ids, entry, commit, set, setRoom, person, room, operator } = useGuardedRows(base);
let owner: postgres.Sql;

beforeAll(() => {
  owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  return () => owner.end();
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
