import { platformId } from '#app/domain/rooms/commands.ts';
import type { RoomHead } from '#app/load-context.ts';
import type { Db } from '#db/client.ts';
import type { Actor } from './actor.ts';
import { mayWatch } from './rights.ts';

/** A room's title bar for someone who may watch it; null for anyone else. */
export async function readHead(db: Db, actor: Actor, room: string): Promise<RoomHead | null> {
  // From an address: anybody may have typed anything.
  if (!platformId.safeParse(room).success) return null;
  if ((await mayWatch(db, actor, room)) !== null) return null;
  const [row] = await db.sql<Omit<RoomHead, 'you'>[]>`
    select id, title, language, present, status = 'live' as "mayAct" from room where id = ${room}`;
  return row ? { ...row, you: actor.kind === 'member' ? actor.id : null } : null;
}
