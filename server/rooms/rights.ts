import { and, arrayOverlaps, eq, exists, isNull, lte, or, sql } from 'drizzle-orm';
import { rolesWith } from '#app/domain/access/capabilities.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { Db } from '#db/client.ts';
import { isAnyOf } from '#db/orm.ts';
import { handOver } from '#db/schema/hand-over.ts';
import { operator } from '#db/schema/operator.ts';
import { participant } from '#db/schema/participant.ts';
import { room } from '#db/schema/room.ts';
import type { Actor } from './actor.ts';

/** Someone who watches a room, or wants to. */
export interface Watching {
  actor: Actor;
  /** Null: the list of all rooms. */
  room: string | null;
}

/**
 * Reads whether each may watch the room: operators with `moderator` or `lead` any room, hosts and
 * room moderators only the room of their link, while it is live or its hand-over is open, and not
 * once removed from it. Three short reads, however many ask.
 * @returns in the order asked: null when they may, else why not
 */
export async function watchRefusals(
  db: Db,
  asked: readonly Watching[],
): Promise<(Refusal | null)[]> {
  if (asked.length === 0) return [];
  const rooms = [...new Set(asked.flatMap(({ room }) => room ?? []))];
  const operators = [...new Set(asked.flatMap(({ actor }) => operatorOf(actor)))];
  const members = [
    ...new Set(asked.flatMap(({ actor }) => (actor.kind === 'member' ? actor.id : []))),
  ];
  const [known, allowed, seats] = await Promise.all([
    readKnown(db, rooms),
    operators.length === 0 ? [] : readAllowed(db, operators),
    members.length === 0 ? [] : readSeats(db, rooms, members),
  ]);
  const open = new Map(known.map((room) => [room.id, room.open]));
  const mayAny = new Set(allowed.map(({ id }) => id));
  const seated = new Set(seats.map((seat) => `${seat.room} ${seat.member}`));
  return asked.map(({ actor, room }) => {
    if (actor.kind === 'operator') {
      if (!mayAny.has(actor.id)) return 'forbidden';
      return room === null || open.has(room) ? null : 'room_not_found';
    }
    if (actor.kind !== 'member' || actor.room !== room) return 'forbidden';
    return open.get(room) && seated.has(`${room} ${actor.id}`) ? null : 'forbidden';
  });
}

function readKnown({ orm }: Db, rooms: readonly string[]) {
  const unread = orm
    .select()
    .from(handOver)
    .where(and(eq(handOver.roomId, room.id), isNull(handOver.acknowledgedAt)));
  return orm
    .select({ id: room.id, open: sql<boolean>`${or(eq(room.status, 'live'), exists(unread))}` })
    .from(room)
    .where(isAnyOf(room.id, rooms));
}

function readAllowed({ orm }: Db, operators: readonly string[]) {
  return orm
    .select({ id: operator.id })
    .from(operator)
    .where(
      and(
        isAnyOf(operator.id, operators),
        isNull(operator.disabledAt),
        arrayOverlaps(operator.roles, rolesWith('rooms.watch')),
      ),
    );
}

function readSeats({ orm }: Db, rooms: readonly string[], members: readonly string[]) {
  return orm
    .select({ room: participant.roomId, member: participant.memberId })
    .from(participant)
    .where(
      and(
        isAnyOf(participant.roomId, rooms),
        isAnyOf(participant.memberId, members),
        isAnyOf(participant.role, ['host', 'moderator']),
        or(isNull(participant.removedAt), lte(participant.removedUntil, sql`now()`)),
      ),
    );
}

/** Whether this actor may watch the room, or see the list of all (null). @returns null when they may */
export async function mayWatch(
  db: Db,
  actor: Actor,
  roomId: string | null,
): Promise<Refusal | null> {
  const [refusal] = await watchRefusals(db, [{ actor, room: roomId }]);
  return refusal === undefined ? 'forbidden' : refusal;
}

/** The rooms on someone's list: the one of their link, or null for all. */
export function listScope(actor: Actor): string | null {
  return actor.kind === 'member' ? actor.room : null;
}

function operatorOf(actor: Actor): string[] {
  return actor.kind === 'operator' ? [actor.id] : [];
}
