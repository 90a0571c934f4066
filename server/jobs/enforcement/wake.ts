import { needsEnforcement } from '#app/domain/rooms/events.ts';
import type { RoomChange } from '#server/rooms/draft.ts';

/** Least time between two calls to other processes, in milliseconds. */
const EVERY_MS = 20;

/** Whether a committed change made some enforcement due. */
export function asksForEnforcement({ events }: Pick<RoomChange, 'events'>): boolean {
  return events.some(({ body }) => needsEnforcement(body) || body.type === 'room.ended');
}

/**
 * For a process without a worker: tells those of others of changes that ask for enforcement, at
 * once, then no more often than every 20 ms. What is lost on the way, their poll finds.
 */
export function openPeersWaking(tell: () => void): (change: Pick<RoomChange, 'events'>) => void {
  let resting = false;
  let again = false;

  function wake(): void {
    if (resting) {
      again = true;
      return;
    }
    resting = true;
    tell();
    setTimeout(() => {
      resting = false;
      if (!again) return;
      again = false;
      wake();
    }, EVERY_MS).unref();
  }

  return (change) => {
    if (asksForEnforcement(change)) wake();
  };
}
