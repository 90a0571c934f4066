import type { Transaction } from '#db/client.ts';
import { type CardRecord, cardOf, type ParticipantRecord, type RoomRecord } from './rows.ts';

/** Locks a room's row until the transaction ends; everything read after this may be trusted. */
export async function lockRoom(tx: Transaction, roomId: string): Promise<RoomRecord | null> {
  const [row] = await lockRooms(tx, [roomId]);
  return row ?? null;
}

/** The same for several rooms, in one order everywhere, so that two can't wait for each other. */
export function lockRooms(tx: Transaction, ids: readonly string[]) {
  const [only] = ids;
  const those = ids.length === 1 ? tx`= ${only ?? ''}` : tx`= any(${ids as string[]})`;
  // Sent at once: what travels with it must queue up behind the lock.
  return tx<RoomRecord[]>`
    select * from room where id ${those} order by id for update`.execute();
}

/** Participants by id; call under the room's lock. */
export function loadPeople(tx: Transaction, roomId: string, ids: readonly string[]) {
  return tx<ParticipantRecord[]>`
    select * from participant where room_id = ${roomId} and member_id = any(${ids as string[]})`;
}

/** Cards of participants, for watchers who haven't met them. */
export async function loadCards(tx: Transaction, roomId: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await tx<CardRecord[]>`
    select p.member_id, p.ord, m.name, m.handle, m.locale, i.name as inviter_name, p.branch,
      m.joined_platform_at as member_since, m.prior_acts
    from participant p
    join member m on m.id = p.member_id
    left join member i on i.id = m.inviter_id
    where p.room_id = ${roomId} and p.member_id = any(${ids as string[]})`;
  return rows.map(cardOf);
}
