import type { Instant } from '#app/domain/rooms/state.ts';

/** Without a word from the server for this long, the screen no longer counts as true. */
export const STALE_AFTER = 8_000;

/** How true the screen is; `since`: the last moment it was known to be complete. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; since: Instant }
  | { state: 'stale'; since: Instant };

/** What the connection's state follows from. */
export interface Heard {
  connected: boolean;
  /** When the screen was last known to hold everything; null before the first snapshot. */
  completeAt: Instant | null;
}

/** @returns how true the screen is at `now`. */
export function connectionOf({ connected, completeAt }: Heard, now: Instant): Connection {
  if (completeAt === null) return { state: 'connecting' };
  if (!connected) return { state: 'reconnecting', since: completeAt };
  if (now - completeAt > STALE_AFTER) return { state: 'stale', since: completeAt };
  return { state: 'live' };
}

/** Whether two states would be shown alike. */
export function sameConnection(a: Connection, b: Connection): boolean {
  return a.state === b.state && sinceOf(a) === sinceOf(b);
}

function sinceOf(connection: Connection): Instant | null {
  return 'since' in connection ? connection.since : null;
}
