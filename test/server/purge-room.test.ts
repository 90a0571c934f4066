import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Transaction } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { useDatabase } from '#test/support/postgres.ts';

const database = useDatabase();
let owner: postgres.Sql;
let room: string;

beforeAll(() => {
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  return () => owner.end();
});

const tables = [
  'room_event',
  'floor_segment',
  'ingested_event',
  'participant',
  'enforcement',
  'hand_over',
  'incident',
];

/** Runs a change of the room with its audit event. */
async function recorded(change: (tx: Transaction, eventId: string) => Promise<unknown>) {
  await database.db.sql.begin(async (tx) => {
    const [eventId = ''] = await appendAudit(tx, [
      {
        action: 'room.changed',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: 'system',
        target: `room:${room}`,
        room,
      },
    ]);
    await change(tx, eventId);
  });
}

const setRoom = (assignment: string) =>
  recorded((tx) => tx`update room set ${tx.unsafe(assignment)} where id = ${room}`);

const purge = () => database.db.sql`select * from purge_room(${room})`;

async function rowsLeft(of = room): Promise<number[]> {
  return Promise.all(
    tables.map(async (table) => {
      const [row] = await owner`
        select count(*)::int as n from ${owner(table)} where room_id = ${of}`;
      return row?.n;
    }),
  );
}

beforeEach(async () => {
  room = `room-${randomUUID()}`;
  await openUsedRoom();
});

async function openUsedRoom() {
  await recorded(async (tx, eventId) => {
    await tx`insert into room (id, title, opened_at) values (${room}, 'Talk', now())`;
    await tx`
      insert into participant (room_id, member_id, member_ref, ord, role, presence, via)
      select ${room}, 'm' || n, gen_random_uuid(), n, 'listener', 'gone', 'socket'
      from generate_series(1, 3) n`;
    await tx`
      insert into room_event (room_id, seq, at, body)
      select ${room}, n, now(), '{}' from generate_series(1, 5) n`;
    await tx`
      insert into floor_segment (room_id, member_id, "from", "to") values (${room}, 'm1', now(), now())`;
    await tx`insert into ingested_event (room_id, event_id) values (${room}, 'a'), (${room}, 'b')`;
    await tx`
      insert into enforcement (id, room_id, member_id, seq, state, next_attempt_at, requested_at)
      values (${randomUUID()}, ${room}, 'm1', 1, 'observed', now(), now())`;
    await tx`
      insert into command (id, room_id, actor_ref, actor_name, name, member_id, input, from_seq,
        to_seq, audit_event_id, destructive, at)
      values (${randomUUID()}, ${room}, 'operator:1', 'O', 'mute', 'm1',
        ${tx.json({ member: 'm1', reason: 'private' })}, 1, 1, ${eventId}, true, now())`;
    await tx`
      insert into incident (id, room_id, kind, at, people, seconds, share, inviter_id)
      values (${randomUUID()}, ${room}, 'raid', now(), 40, 9, 0.9, 'm1')`;
    await noteHandOver(tx);
  });
}

async function noteHandOver(tx: Transaction) {
  const id = randomUUID();
  await appendAudit(tx, [
    {
      action: 'hand_over.noted',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: 'operator:1',
      target: `hand_over:${id}`,
    },
  ]);
  await tx`
    insert into hand_over (id, room_id, by_ref, by_name, note, at)
    values (${id}, ${room}, 'operator:1', 'O', 'Keep an eye on M1', now())`;
}

async function reportAndEnd() {
  await setRoom(`status = 'ended'`);
  const id = randomUUID();
  await database.db.sql.begin(async (tx) => {
    await tx`
      insert into report (id, room_id, subject_id, reporter_ref, category, text, at)
      values (${id}, ${room}, 'm1', 'member:x', 'abuse', '', now())`;
    await appendAudit(tx, [
      {
        action: 'report.filed',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: 'member:x',
        target: `report:${id}`,
      },
    ]);
  });
}

test('an ended room is purged whole, counted and on the record', async () => {
  await setRoom(`status = 'ended', ended_at = now()`);
  const counts = {
    room_events: 5,
    floor_segments: 1,
    ingested_events: 2,
    participants: 3,
    enforcements: 1,
    commands: 1,
  };
  expect([...(await purge())]).toEqual([counts]);
  expect(await rowsLeft()).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const [command] = await owner`select name, member_id, input from command where room_id = ${room}`;
  expect(command).toEqual({ name: 'mute', member_id: null, input: {} });
  const [head] = await owner`select title, purged_at from room where id = ${room}`;
  expect(head).toEqual({ title: 'Talk', purged_at: expect.any(Date) });
  const [event] = await owner`
    select e.actor_ref, e.target_ref, d.value::jsonb as destroyed
    from audit.event e join audit.disclosure d on d.event_id = e.event_id and d.name = 'destroyed'
    where e.action = 'room.purged' and e.room_ref = ${room}`;
  const destroyed = { ...counts, hand_overs: 1, incidents: 1 };
  expect(event).toEqual({ actor_ref: 'system', target_ref: `room:${room}`, destroyed });
});

test('another room is left alone', async () => {
  const other = room;
  room = `room-${randomUUID()}`;
  await openUsedRoom();
  await setRoom(`status = 'ended'`);
  await purge();
  expect(await rowsLeft(other)).toEqual([5, 1, 2, 3, 1, 1, 1]);
});

test.each([
  ['a live room', async () => {}, /is live/],
  [
    'a room that a report holds back',
    () => setRoom(`status = 'ended', pinned_at = now()`),
    /held back/,
  ],
  ['a room with an open report', reportAndEnd, /held back/],
])('%s is not purged', async (_, prepare, message) => {
  await prepare();
  await expect(purge()).rejects.toMatchObject({
    code: '55000',
    message: expect.stringMatching(message),
  });
  expect(await rowsLeft()).toEqual([5, 1, 2, 3, 1, 1, 1]);
});

test('a room is purged once', async () => {
  await setRoom(`status = 'ended'`);
  await purge();
  await expect(purge()).rejects.toMatchObject({ code: '55000' });
});

test('a purge that is rolled back leaves room and record as they were', async () => {
  await setRoom(`status = 'ended'`);
  const undone = database.db.sql.begin(async (tx) => {
    await tx`select * from purge_room(${room})`;
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  expect(await rowsLeft()).toEqual([5, 1, 2, 3, 1, 1, 1]);
  const events = await owner`
    select from audit.event where action = 'room.purged' and room_ref = ${room}`;
  expect(events).toHaveLength(0);
});

test('an unknown room is refused', async () => {
  room = 'nowhere';
  await expect(purge()).rejects.toMatchObject({ code: 'P0002' });
});
