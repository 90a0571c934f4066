import type { RoomAside } from '#app/domain/rooms/snapshot.ts';
import type { Db } from '#db/client.ts';
import { asideFor, readAside, type SharedAside, type Viewer } from '#server/rooms/read-aside.ts';

/** Least time between two reads for one room, in milliseconds: all its watchers ask after each act. */
const EVERY_MS = 250;

interface Lane {
  begunAt: number;
  /** The read that has not begun; whoever asks until it does shares it. */
  next: Promise<SharedAside> | null;
}

/** Asides read once for everyone who asks at about the same time; never older than the question. */
export function openAsides(db: Db): (viewer: Viewer, room: string) => Promise<RoomAside> {
  const lanes = new Map<string, Lane>();

  function read(room: string): Promise<SharedAside> {
    const lane = lanes.get(room) ?? { begunAt: 0, next: null };
    lanes.set(room, lane);
    lane.next ??= sleep(lane.begunAt + EVERY_MS - Date.now()).then(() => {
      lane.next = null;
      lane.begunAt = Date.now();
      setTimeout(() => {
        if (lane.next === null && Date.now() - lane.begunAt >= EVERY_MS) lanes.delete(room);
      }, 2 * EVERY_MS).unref();
      return readAside(db, room);
    });
    return lane.next;
  }

  return async (viewer, room) => asideFor(viewer, await read(room));
}

function sleep(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
