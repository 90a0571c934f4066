import { eq, sql } from 'drizzle-orm';
import { platformId } from '#app/domain/rooms/commands.ts';
import type { RoomHead } from '#app/load-context.ts';
import type { Db } from '#db/client.ts';
import { room } from '#db/schema/room.ts';
import type { Actor } from './actor.ts';
import { mayWatch } from './rights.ts';

/** A room's title bar for someone who may watch it; null for anyone else. */
export async function readHead(db: Db, actor: Actor, roomId: string): Promise<RoomHead | null> {
  // From an address: anybody may have typed anything.
  if (!platformId.safeParse(roomId).success) return null;
  if ((await mayWatch(db, actor, roomId)) !== null) return null;
  const [row] = await db.orm
    .select({
      id: room.id,
      title: room.title,
      language: room.language,
      present: room.present,
      mayAct: sql<boolean>`${eq(room.status, 'live')}`,
    })
    .from(room)
    .where(eq(room.id, roomId));
  return row ? { ...row, you: actor.kind === 'member' ? actor.id : null } : null;
}
