import { describe, expect, it } from 'vitest';
import { openDocket } from '#server/rooms/docket.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();

function docket(lanes = 1, backlog = 1_000) {
  const changes: RoomChange[] = [];
  const limits = { destructivePerMinute: 10_000 };
  const opened = openDocket(base.db, {
    limits,
    lanes,
    batchSize: 64,
    backlog,
    committed: (change) => changes.push(change),
  });
  return { ...opened, changes };
}

const speakers = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, 'speaker' as const]));

describe('commands that come together', () => {
  it('share transactions, and each is decided on what the ones before it made', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, speakers(3));
    const { act, changes } = docket();
    const first = act(actor, commandFor(room, { name: 'lock_room' }));
    const answers = await Promise.all([
      first,
      act(actor, commandFor(room, { name: 'mute', member: 's0' })),
      act(actor, commandFor(room, { name: 'mute', member: 's0' })),
      act(actor, commandFor(room, { name: 'allow_to_speak', member: 's0' })),
      act(actor, commandFor(room, { name: 'mute', member: 's0' })),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason))).toEqual([
      'ok',
      'ok',
      'already_muted',
      'ok',
      'ok',
    ]);
    expect(changes).toHaveLength(2);
    const events = await base.db.sql`
      select seq from room_event where room_id = ${room} order by seq`;
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    const open = await base.db.sql`
      select state, count(*) as n from enforcement where room_id = ${room} group by state order by state`;
    expect(open).toEqual([{ state: 'requested', n: 1 }]);
  });

  it('spread over rooms keep their own answers, ranges and audit events', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const rooms = await Promise.all([1, 2, 3, 4].map(() => openRoomWith(base.db, speakers(5))));
    const { act } = docket(2);
    const commands = rooms.flatMap((room) =>
      [0, 1, 2, 3, 4].map((i) => commandFor(room, { name: 'mute', member: `s${i}` })),
    );
    const answers = await Promise.all(commands.map((command) => act(actor, command)));
    for (const [i, answer] of answers.entries()) {
      if (!answer.ok) throw new Error(answer.reason);
      const [row] = await base.db.sql`
        select c.from_seq, e.action, e.room_ref, r.body->>'member' as member
        from command c join audit.event e on e.event_id = c.audit_event_id
        join room_event r on r.room_id = c.room_id and r.seq = c.from_seq
        where c.id = ${answer.commandId}`;
      expect(row).toEqual({
        from_seq: answer.from,
        action: 'participant.muted',
        room_ref: commands[i]?.room,
        member: (commands[i] as unknown as { member: string }).member,
      });
    }
  });

  it('carry a poisoned one alone: the others are done', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, speakers(2));
    const other = await openRoomWith(base.db, speakers(2));
    const { act } = docket();
    const reused = commandFor(room, { name: 'mute', member: 's0' });
    const answers = await Promise.all([
      act(actor, commandFor(other, { name: 'lock_room' })),
      act(actor, reused),
      act(actor, { ...reused, room: other }),
      act(actor, commandFor(other, { name: 'mute', member: 's1' })),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason))).toEqual([
      'ok',
      'ok',
      'command_id_reused',
      'ok',
    ]);
  });

  it('count together against the limit of acts', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, speakers(6));
    const opened = openDocket(base.db, {
      limits: { destructivePerMinute: 3 },
      lanes: 1,
      batchSize: 64,
      backlog: 100,
      committed: () => {},
    });
    const answers = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((i) =>
        opened.act(actor, commandFor(room, { name: 'mute', member: `s${i}` })),
      ),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(3);
    expect(answers.at(-1)).toMatchObject({ reason: 'rate_limited' });
  });

  it('are refused as busy above the backlog', async () => {
    const { actor } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, speakers(4));
    const { act } = docket(1, 2);
    const answers = await Promise.all(
      [0, 1, 2, 3].map((i) => act(actor, commandFor(room, { name: 'mute', member: `s${i}` }))),
    );
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason))).toEqual([
      'ok',
      'ok',
      'ok',
      'busy',
    ]);
  });
});
