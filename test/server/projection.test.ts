import { describe, expect, it } from 'vitest';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { memberOf } from '#app/domain/rooms/events.ts';
import { evolve } from '#app/domain/rooms/evolve.ts';
import { newRoom, type Participant } from '#app/domain/rooms/state.ts';
import { openIntake } from '#server/rooms/intake.ts';
import {
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from '#server/rooms/rows.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();

/** A small repeatable generator, so that a failure can be played again. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % sides;
  };
}

describe('the projection in the database', () => {
  it.each([1, 2, 3])(
    'is the fold of the stored events after many at once (seed %i)',
    async (seed) => {
      const roll = dice(seed);
      const { actor } = await addOperator(base.db, ['lead']);
      const room = await openRoomWith(base.db, { p0: 'host', p1: 'moderator', p2: 'speaker' });
      const intake = openIntake(base.db, {
        gatherMs: 1,
        batchSize: 50,
        backlog: 1_000,
        committed: () => {},
      });
      const member = () => `p${roll(12)}`;
      const limits = { destructivePerMinute: 10_000 };
      const commands = [
        () => ({ name: 'mute', member: member() }),
        () => ({ name: 'allow_to_speak', member: member() }),
        () => ({ name: 'remove', member: member() }),
        () => ({ name: 'readmit', member: member() }),
        () => ({ name: 'promote', member: member(), to: 'speaker' }),
        () => ({ name: 'demote', member: member(), to: 'listener' }),
        () => ({ name: 'clear_hands' }),
        () => ({ name: 'calm_room', minutes: 1 }),
      ];
      const done: string[] = [];
      const one = async () => {
        const kind = roll(10);
        const who = member();
        const says = (what: Parameters<typeof intake.submit>[1]['what']) =>
          intake.submit(room, { member: who, actor: 'member:x', what });
        if (kind < 3) return void (await intake.submit(room, joining(who)));
        if (kind === 3) return void (await says({ kind: 'leave', goodbye: roll(2) === 0 }));
        if (kind === 4) return void (await says({ kind: 'raise_hand' }));
        if (kind === 5) return void (await says({ kind: 'floor', holding: roll(2) === 0 }));
        const undo = roll(4) === 0 ? done.at(-1 - roll(3)) : undefined;
        const make = commands[roll(commands.length)] as () => Record<string, unknown>;
        const fields = undo ? { name: 'undo', command: undo } : make();
        const answer = await act(base.db, actor, room, fields, limits);
        if (answer.ok) done.push(answer.commandId);
      };
      for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 8 }, one));
      await intake.drain();

      const [head] = await base.db.sql<RoomRecord[]>`select * from room where id = ${room}`;
      const rows = await base.db.sql<
        ParticipantRecord[]
      >`select * from participant where room_id = ${room}`;
      const events = await base.db.sql<
        { seq: number; at: Date; command_id: string; body: RoomEvent['body'] }[]
      >`
      select seq, at, command_id, body from room_event where room_id = ${room} order by seq`;
      if (!head) throw new Error('the room is gone');
      const stored = roomOf(head);
      let folded = newRoom(room, stored.title, stored.language, stored.openedAt);
      const people = new Map<string, Participant>();
      for (const { seq, at, command_id, body } of events) {
        const event = { seq, at: at.getTime(), commandId: command_id, body };
        const id = memberOf(body);
        const after = evolve(folded, id === null ? null : (people.get(id) ?? null), event);
        folded = after.room;
        if (id !== null && after.person) people.set(id, after.person);
      }
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
      expect(folded).toEqual(stored);
      const byId = (list: Participant[]) =>
        new Map(list.map((person) => [person.memberId, person]));
      expect(byId(rows.map(participantOf))).toEqual(people);
      expect(done.length).toBeGreaterThan(10);
    },
  );
});
