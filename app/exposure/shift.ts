/** Work since the last pause, as this browser remembers it: nobody else is told. */
export interface Shift {
  /** Minutes of work with rooms or the log open and in front. */
  minutes: number;
  /** When the last of them was counted, in milliseconds since the epoch. */
  at: number;
  /** How many there were when a pause was last put off. */
  putOffAt: number;
}

/** A pause this long is one, whether or not anybody said so; in milliseconds. */
const PAUSE = 10 * 60_000;
/** Milliseconds between two looks. */
export const LOOK_EVERY = 15_000;

/** Whether a page shows what wears: live rooms and the log. */
export function wears(pathname: string): boolean {
  return /^\/(rooms\/[^/]+|log(\/.*)?)\/?$/.test(pathname);
}

/** A shift at its beginning, or after a pause. */
export function beginShift(now: number): Shift {
  return { minutes: 0, at: now, putOffAt: 0 };
}

/** Reads a shift that was kept; anything malformed counts as none. */
export function parseShift(kept: string | null): Shift | null {
  try {
    const { minutes, at, putOffAt } = JSON.parse(kept ?? '{}') as Shift;
    return [minutes, at, putOffAt].every(Number.isFinite) ? { minutes, at, putOffAt } : null;
  } catch {
    return null;
  }
}

/** Counts the time since the last look as work; after a long one, the shift begins anew. */
export function countWork(before: Shift | null, now: number): Shift {
  if (before === null || now - before.at >= PAUSE || now < before.at) return beginShift(now);
  // Of a tab that slept, or stood behind another, no more than it would have counted.
  const worked = Math.min(now - before.at, 2 * LOOK_EVERY) / 60_000;
  return { ...before, minutes: before.minutes + worked, at: now };
}

/** Goes on without a pause: it is proposed again after as long. */
export function putOffBreak(shift: Shift): Shift {
  return { ...shift, putOffAt: shift.minutes };
}

/** Whether a pause is due. @param breakAfter minutes */
export function isBreakDue({ minutes, putOffAt }: Shift, breakAfter: number): boolean {
  return minutes - putOffAt >= breakAfter;
}
