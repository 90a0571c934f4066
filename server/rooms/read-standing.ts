import type { Participant, Room } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import { type ParticipantRecord, participantOf, type RoomRecord, roomOf } from './rows.ts';

/** One participant and the head of their room, as of one moment; null when there is no such seat. */
export async function readSeat(
  db: Db,
  roomId: string,
  memberId: string,
): Promise<{ room: Room; person: Participant } | null> {
  const [row] = await db.sql<{ room: RoomRecord; person: ParticipantRecord }[]>`
    select row_to_json(r) as room, row_to_json(p) as person
    from room r join participant p on p.room_id = r.id
    where r.id = ${roomId} and p.member_id = ${memberId}`;
  if (!row) return null;
  return {
    room: roomOf(withDates(row.room, ROOM_DATES)),
    person: participantOf(withDates(row.person, PERSON_DATES)),
  };
}

const ROOM_DATES = ['calm_until', 'unattended_since', 'opened_at', 'ended_at'] as const;
const PERSON_DATES = [
  'hand_at',
  'floor_since',
  'joined_at',
  'left_at',
  'removed_at',
  'removed_until',
] as const;

// Columns of one name in both tables: each comes as JSON, whose times are text.
function withDates<Row extends object>(row: Row, names: readonly (keyof Row)[]): Row {
  const dated = { ...row };
  for (const name of names) {
    if (typeof row[name] === 'string') dated[name] = new Date(row[name]) as Row[typeof name];
  }
  return dated;
}
