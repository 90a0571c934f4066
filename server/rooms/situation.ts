import { type CurrentPolicy, clauseIn } from '#app/domain/policies/citation.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import type { Original } from '#app/domain/rooms/decide.ts';
import type { Transaction } from '#db/client.ts';
import { readCurrentPolicy } from '#server/policies/current-policy.ts';
import type { Actor } from './actor.ts';
import { lockRooms } from './load.ts';
import { readHandOver, readOriginal, readReach } from './reach.ts';
import { type ActorRow, readNamed } from './read-named.ts';
import { type Head, headOf, type ParticipantRecord, type Seat, seatOf } from './rows.ts';

/** A parsed command and who gives it. */
export interface Ask {
  actor: Actor;
  command: RoomCommand;
}

/** What the rule needs beyond the room and its people. */
export interface Loaded extends ActorRow {
  /** The command to undo. */
  original: (Original & { auditEventId: string }) | null;
  handOver: { acknowledged: boolean } | null;
}

export interface Situations {
  rooms: Map<string, Head>;
  /** By room; everyone named, acting, or in reach of one of the commands. */
  people: Map<string, Map<string, Seat>>;
  /** One per ask, in order. */
  loaded: Loaded[];
  /** Read only when one of the commands names a clause. */
  policy: CurrentPolicy | null;
}

/**
 * Locks the rooms, in order of their ids, then reads in the same breath what the rules need. The
 * statements travel together; each takes its snapshot after the locks are held.
 */
export async function loadSituations(tx: Transaction, asks: readonly Ask[]): Promise<Situations> {
  const [rooms, named, reached, originals, handOvers, policy] = await Promise.all([
    lockRooms(
      tx,
      asks.map(({ command }) => command.room),
    ),
    readNamed(tx, asks),
    Promise.all(asks.map(({ command }) => readReach(tx, command))),
    Promise.all(asks.map(({ command }) => readOriginal(tx, command))),
    Promise.all(asks.map(({ command }) => readHandOver(tx, command))),
    asks.some(({ command }) => clauseIn(command) !== undefined) ? readCurrentPolicy(tx) : null,
  ]);
  const people: Situations['people'] = new Map();
  const actors: ActorRow[] = [];
  const rows: ParticipantRecord[] = [];
  for (const row of named) {
    const { ref, name, roles, repeated, recent } = row;
    actors[row.i] = { ref, name, roles, repeated, recent };
    if (row.member_id !== null) rows.push(row);
  }
  rows.push(...reached.flat(), ...originals.flatMap((found) => found?.people ?? []));
  for (const row of rows) {
    const inRoom = people.get(row.room_id) ?? new Map<string, Seat>();
    people.set(row.room_id, inRoom.set(row.member_id, seatOf(row)));
  }
  const loaded = actors.map((actor, i) => ({
    ...actor,
    original: originals[i]?.original ?? null,
    handOver: handOvers[i] ?? null,
  }));
  return { rooms: new Map(rooms.map((room) => [room.id, headOf(room)])), people, loaded, policy };
}
