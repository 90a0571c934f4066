import { desiredRights, type Participant, type Room } from '#app/domain/rooms/state.ts';
import type { Sql } from '#db/client.ts';
import type { PlaneRights, PlaneTarget } from '#server/media/plane.ts';
import {
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from '#server/rooms/rows.ts';

/**
 * What the media plane must be made to do for a target.
 * @param room null when it is unknown: nobody is admitted
 * @param person null for the whole room, or for someone who never took a seat
 */
export function rightsOf(room: Room | null, person: Participant | null, now: number): PlaneRights {
  const admitted = room?.status === 'live';
  if (room === null || person === null) return { admitted, maySpeak: false, until: null };
  const rights = desiredRights(room, person, now);
  const until = admitted && !rights.admitted ? (person.removal?.until ?? null) : null;
  return { ...rights, until: until === null ? null : new Date(until).toISOString() };
}

/** Reads the rights that hold now, in the order of the targets; trusted only until confirmed. */
export async function readRights(
  sql: Sql,
  targets: readonly PlaneTarget[],
): Promise<PlaneRights[]> {
  const ids = [...new Set(targets.map(({ room }) => room))];
  const named = targets.filter(({ member }) => member !== null);
  const [rooms, people] = await Promise.all([
    sql<RoomRecord[]>`select * from room where id = any(${ids})`,
    sql<(ParticipantRecord & { room_id: string })[]>`
      select p.* from json_to_recordset(${JSON.stringify(named)}::text::json)
        as x(room text, member text)
      join participant p on p.room_id = x.room and p.member_id = x.member`,
  ]);
  const roomById = new Map(rooms.map((row) => [row.id, roomOf(row)]));
  const seats = new Map(people.map((row) => [keyOf(row.room_id, row.member_id), row]));
  const now = Date.now();
  return targets.map(({ room, member }) => {
    const row = member === null ? undefined : seats.get(keyOf(room, member));
    return rightsOf(roomById.get(room) ?? null, row ? participantOf(row) : null, now);
  });
}

/** One string for a target; ids hold no space. */
export function keyOf(room: string, member: string | null): string {
  return `${room} ${member ?? ''}`;
}
