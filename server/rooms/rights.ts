import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { Db } from '#db/client.ts';
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
    db.sql<{ id: string; open: boolean }[]>`
      select r.id, r.status = 'live' or exists (
        select from hand_over h where h.room_id = r.id and h.acknowledged_at is null) as open
      from room r where r.id = any(${rooms})`,
    operators.length === 0
      ? []
      : db.sql<{ id: string }[]>`
          select id from operator
          where id = any(${operators}) and disabled_at is null and roles && '{moderator,lead}'`,
    members.length === 0
      ? []
      : db.sql<{ room_id: string; member_id: string }[]>`
          select room_id, member_id from participant
          where room_id = any(${rooms}) and member_id = any(${members})
            and role in ('host', 'moderator')
            and (removed_at is null or removed_until <= now())`,
  ]);
  const open = new Map(known.map((room) => [room.id, room.open]));
  const mayAny = new Set(allowed.map(({ id }) => id));
  const seated = new Set(seats.map((seat) => `${seat.room_id} ${seat.member_id}`));
  return asked.map(({ actor, room }) => {
    if (actor.kind === 'operator') {
      if (!mayAny.has(actor.id)) return 'forbidden';
      return room === null || open.has(room) ? null : 'room_not_found';
    }
    if (actor.kind !== 'member' || actor.room !== room) return 'forbidden';
    return open.get(room) && seated.has(`${room} ${actor.id}`) ? null : 'forbidden';
  });
}

/** Whether this actor may watch the room, or see the list of all (null). @returns null when they may */
export async function mayWatch(db: Db, actor: Actor, room: string | null): Promise<Refusal | null> {
  const [refusal] = await watchRefusals(db, [{ actor, room }]);
  return refusal === undefined ? 'forbidden' : refusal;
}

/** The rooms on someone's list: the one of their link, or null for all. */
export function listScope(actor: Actor): string | null {
  return actor.kind === 'member' ? actor.room : null;
}

function operatorOf(actor: Actor): string[] {
  return actor.kind === 'operator' ? [actor.id] : [];
}
