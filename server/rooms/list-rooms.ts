import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import type { Db } from '#db/client.ts';
import type { Actor } from './actor.ts';
import { readRooms, withoutReports } from './read-rooms.ts';
import { listScope, mayWatch } from './rights.ts';

/**
 * The list of rooms for a page before its socket has answered: without who watches them.
 * @returns for an actor: their rooms, most urgent first, or null when they may see none
 */
export function listRoomsFor(db: Db): (actor: Actor) => Promise<RoomRow[] | null> {
  return async (actor) => {
    const only = listScope(actor);
    if ((await mayWatch(db, actor, only)) !== null) return null;
    const rooms = (await readRooms(db)).map((room) => ({ ...room, watchers: [] }));
    return only === null ? rooms : rooms.filter(({ id }) => id === only).map(withoutReports);
  };
}
