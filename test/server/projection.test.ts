import { describe, expect, it } from 'vitest';
import { openIntake } from '#server/rooms/intake.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, joining, openRoomWith } from '#test/support/rooms.ts';
import { foldStored, readStoredRoom } from '#test/support/stored-room.ts';

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
        pauseMs: 1,
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

      const stored = await readStoredRoom(base.db.sql, room);
      expect(stored.events.map(({ seq }) => seq)).toEqual(stored.events.map((_, i) => i + 1));
      expect(foldStored(stored)).toEqual({ room: stored.room, people: stored.people });
      expect(done.length).toBeGreaterThan(10);
    },
  );
});
