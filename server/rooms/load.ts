import type { Transaction } from '#db/client.ts';
import type { ParticipantRecord, RoomRecord } from './rows.ts';

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
