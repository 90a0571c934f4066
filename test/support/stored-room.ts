import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import { evolve } from '#app/domain/rooms/evolve.ts';
import { newRoom, type Participant, type Room } from '#app/domain/rooms/state.ts';
import type { Sql } from '#db/client.ts';
import {
  type ParticipantRecord,
  participantOf,
  type RoomRecord,
  roomOf,
} from '#server/rooms/rows.ts';

/** A room as the database has it. */
export interface StoredRoom {
  room: Room;
  people: Map<string, Participant>;
  events: RoomEvent[];
}

/** Reads a whole room. @throws when it isn't there */
export async function readStoredRoom(sql: Sql, id: string): Promise<StoredRoom> {
  const [head] = await sql<RoomRecord[]>`select * from room where id = ${id}`;
  if (!head) throw new Error(`The room ${id} is gone`);
  const rows = await sql<ParticipantRecord[]>`select * from participant where room_id = ${id}`;
  const events = await sql<
    { seq: number; at: Date; command_id: string | null; body: RoomEvent['body'] }[]
  >`
    select seq, at, command_id, body from room_event where room_id = ${id} order by seq`;
  return {
    room: roomOf(head),
    people: new Map(rows.map((row) => [row.member_id, participantOf(row)])),
    events: events.map(({ seq, at, command_id: commandId, body }) => ({
      seq,
      at: at.getTime(),
      commandId,
      body,
    })),
  };
}

/** Folds the events anew. @param each sees the room's people after each event */
export function foldStored(
  { room: { id, title, language, openedAt }, events }: StoredRoom,
  each: (event: RoomEvent, person: Participant | null) => void = () => {},
): Pick<StoredRoom, 'room' | 'people'> {
  let room = newRoom(id, title, language, openedAt);
  const people = new Map<string, Participant>();
  for (const event of events) {
    const member = memberOf(event.body);
    const after = evolve(room, member === null ? null : (people.get(member) ?? null), event);
    room = after.room;
    if (member !== null && after.person) people.set(member, after.person);
    each(event, after.person);
  }
  return { room, people };
}
