import { memberOf, type RoomEvent, type RoomEventBody } from '#app/domain/rooms/events.ts';
import { encodeFrame, type Frame } from '#app/domain/rooms/frame.ts';
import type { PersonCard } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import { type CardRecord, cardOf } from './rows.ts';

/** Events that a gap repair sends at most; beyond it a snapshot is smaller. */
export const MOST_FRAMED = 2_000;

/** Cards of participants of a room. */
export async function readCards(
  db: Db,
  roomId: string,
  members: readonly string[],
): Promise<PersonCard[]> {
  if (members.length === 0) return [];
  const rows = await db.sql<CardRecord[]>`
    select p.member_id, p.ord, m.name, m.handle, m.locale, i.name as inviter_name, p.branch,
      m.joined_platform_at as member_since, m.prior_acts
    from participant p
    join member m on m.id = p.member_id
    left join member i on i.id = m.inviter_id
    where p.room_id = ${roomId} and p.member_id = any(${members as string[]})`;
  return rows.map(cardOf);
}

/**
 * The events after `since` as frames, with the cards of everyone their reader may not know.
 * @returns null when there are more than 2,000 of them, when some are destroyed, or when `since` is
 *   not of this room: then only a snapshot helps
 */
export async function readFrames(
  db: Db,
  roomId: string,
  since: number,
): Promise<{ frames: Frame[]; seq: number } | null> {
  const [heads, rows] = await Promise.all([
    db.sql<{ seq: number }[]>`select seq from room where id = ${roomId}`,
    db.sql<{ seq: number; at: Date; command_id: string | null; body: RoomEventBody }[]>`
      select seq, at, command_id, body from room_event
      where room_id = ${roomId} and seq > ${since} order by seq limit ${MOST_FRAMED + 1}`,
  ]);
  const newest = heads[0]?.seq;
  if (newest === undefined || since > newest || rows.length > MOST_FRAMED) return null;
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return since === newest ? { frames: [], seq: since } : null;
  if (first.seq !== since + 1 || last.seq < newest || last.seq - since !== rows.length) return null;
  const events: RoomEvent[] = rows.map(({ seq, at, command_id, body }) => ({
    seq,
    at: at.getTime(),
    commandId: command_id,
    body,
  }));
  return { frames: [await frameOf(db, roomId, events)], seq: last.seq };
}

async function frameOf(db: Db, roomId: string, events: readonly RoomEvent[]): Promise<Frame> {
  const named = new Set<string>();
  const unknown = new Set<string>();
  for (const { body, commandId } of events) {
    const member = memberOf(body);
    if (member === null) continue;
    named.add(member);
    if (commandId !== null || body.type === 'participant.joined') unknown.add(member);
  }
  const [ords, cards] = await Promise.all([
    db.sql<{ member_id: string; ord: number }[]>`
      select member_id, ord from participant
      where room_id = ${roomId} and member_id = any(${[...named]})`,
    readCards(db, roomId, [...unknown]),
  ]);
  const ordOf = new Map(ords.map(({ member_id, ord }) => [member_id, ord]));
  return encodeFrame(events, (member) => ordOf.get(member) as number, cards);
}
