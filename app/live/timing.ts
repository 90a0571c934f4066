import type { Instant } from '#app/domain/rooms/state.ts';

/** Time as the live side needs it; tests bring their own. */
export interface Timing {
  now(): Instant;
  /** Calls back once, after so many milliseconds. @returns a function that prevents it. */
  after(ms: number, run: () => void): () => void;
  /** Calls back before the next picture is drawn. @returns a function that prevents it. */
  frame(run: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
}

// A hidden tab draws no pictures, but its title and announcements must not stand still.
const DRAW_AT_LATEST = 1_000;

/** The browser's own time. */
export const browserTiming: Timing = {
  now: Date.now,
  random: Math.random,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  frame(run) {
    const stop = () => {
      cancelAnimationFrame(request);
      clearTimeout(timer);
    };
    const once = () => {
      stop();
      run();
    };
    const request = requestAnimationFrame(once);
    const timer = setTimeout(once, DRAW_AT_LATEST);
    return stop;
  },
};

/** @returns a delay that doubles with each attempt up to `max`, jittered by half around it. */
export function backoff(attempt: number, timing: Timing, first = 250, max = 8_000): number {
  return Math.min(max, first * 2 ** attempt) * (0.5 + timing.random());
}
