import type { Timing } from '#app/live/timing.ts';

/** A clock that moves only when told to. */
export interface FakeTiming extends Timing {
  /** Runs everything due in the next `ms`, in order, letting promises settle in between. */
  pass(ms: number): Promise<void>;
}

/** A clock at 0 with no chance in it. */
export function fakeTiming(): FakeTiming {
  let now = 0;
  let last = 0;
  const due = new Map<number, { at: number; run: () => void }>();
  const after = (ms: number, run: () => void) => {
    const id = ++last;
    due.set(id, { at: now + ms, run });
    return () => void due.delete(id);
  };
  const nextOf = (until: number) =>
    [...due].filter(([, { at }]) => at <= until).sort(([i, a], [j, b]) => a.at - b.at || i - j)[0];
  return {
    now: () => now,
    random: () => 0.5,
    after,
    frame: (run) => after(16, run),
    async pass(ms) {
      const until = now + ms;
      await settled();
      for (let next = nextOf(until); next; next = nextOf(until)) {
        due.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].run();
        await settled();
      }
      now = until;
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((go) => setImmediate(go));
}
