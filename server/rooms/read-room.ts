import type { Room } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import { type RoomRecord, roomOf } from './rows.ts';

/** The head of a room as it is now; null when there is none. */
export async function readRoom({ sql }: Db, roomId: string): Promise<Room | null> {
  const [row] = await sql<RoomRecord[]>`select * from room where id = ${roomId}`;
  return row ? roomOf(row) : null;
}
