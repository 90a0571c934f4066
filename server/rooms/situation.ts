import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { type CurrentPolicy, clauseIn } from '#app/domain/policies/citation.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import type { Original } from '#app/domain/rooms/decide.ts';
import type { Transaction } from '#db/client.ts';
import { readCurrentPolicy } from '#server/policies/current-policy.ts';
import type { Actor } from './actor.ts';
import { lockRooms } from './load.ts';
import { readHandOver, readOriginal, readReach } from './reach.ts';
import { rowSource } from './row-source.ts';
import type { ParticipantRecord, RoomRecord } from './rows.ts';

/** A parsed command and who gives it. */
export interface Ask {
  actor: Actor;
  command: RoomCommand;
}

/** A command carried out before under the same id. */
export interface PriorCommand {
  roomId: string;
  actorRef: string;
  name: string;
  fromSeq: number;
  toSeq: number;
}

/** The actor as read inside the transaction. */
export interface ActorRow {
  /** Audit reference; null when there is no such actor (any more). */
  ref: string | null;
  name: string;
  /** An operator's roles. */
  roles: OperatorRole[];
  repeated: PriorCommand | null;
  /** Destructive acts in the last minute. */
  recent: number;
}

/** What the rule needs beyond the room and its people. */
export interface Loaded extends ActorRow {
  /** The command to undo. */
  original: (Original & { auditEventId: string }) | null;
  handOver: { acknowledged: boolean } | null;
}

export interface Situations {
  rooms: Map<string, RoomRecord>;
  /** By room; everyone named, acting, or in reach of one of the commands. */
  people: Map<string, Map<string, ParticipantRecord>>;
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
  const seats: ParticipantRecord[] = [];
  for (const { i, ...row } of named) {
    actors[i] = row;
    if (row.member_id !== null) seats.push(row);
  }
  const all = [...seats, ...reached.flat(), ...originals.flatMap((found) => found?.people ?? [])];
  for (const seat of all) {
    const inRoom = people.get(seat.room_id) ?? new Map<string, ParticipantRecord>();
    people.set(seat.room_id, inRoom.set(seat.member_id, seat));
  }
  const loaded = actors.map((actor, i) => ({
    ...actor,
    original: originals[i]?.original ?? null,
    handOver: handOvers[i] ?? null,
  }));
  return { rooms: new Map(rooms.map((room) => [room.id, room])), people, loaded, policy };
}

const askRows = rowSource({
  i: 'int',
  id: 'uuid',
  room: 'text',
  target: 'text',
  operator: 'uuid',
  member: 'text',
  other: 'text',
});

type NamedRow = ActorRow & { i: number } & (ParticipantRecord | { member_id: null });

/**
 * Actors, and the seats of those whom commands name and of members who act: one or two rows per
 * ask. Goes by primary keys and `command_actor_at`.
 */
function readNamed(tx: Transaction, asks: readonly Ask[]) {
  const since = new Date(Date.now() - 60_000).toISOString();
  const rows = asks.map(({ actor, command }, i) => ({
    i,
    id: command.id,
    room: command.room,
    target: 'member' in command ? command.member : null,
    operator: actor.kind === 'operator' ? actor.id : null,
    member: actor.kind === 'member' ? actor.id : null,
    other: otherRef(actor),
  }));
  return tx<NamedRow[]>`
    select x.i, a.ref, coalesce(a.name, '') as name, coalesce(a.roles, '{}') as roles,
      (select jsonb_build_object('roomId', c.room_id, 'actorRef', c.actor_ref, 'name', c.name,
          'fromSeq', c.from_seq, 'toSeq', c.to_seq)
        from command c where c.id = x.id) as repeated,
      (select count(*) from command c
        where c.actor_ref = a.ref and c.at > ${since} and c.destructive) as recent,
      p.*
    from ${askRows(tx, rows)}
    left join lateral (
      select 'operator:' || id as ref, name, roles from operator
        where id = x.operator and disabled_at is null
      union all
      select 'member:' || ref, name, null from member where id = x.member
      union all
      select x.other, '', null where x.other is not null
      limit 1
    ) a on true
    left join lateral (
      select * from participant where room_id = x.room and member_id in (x.target, x.member)
      limit 2
    ) p on true`.execute();
}

function otherRef(actor: Actor): string | null {
  if (actor.kind === 'system') return 'system';
  return actor.kind === 'platform' ? `platform:${actor.key}` : null;
}
