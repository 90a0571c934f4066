/** Work done a few at a time, with a bounded number waiting, and not for ever. */
export interface Lanes {
  /** @returns the work's answer; null: too many wait already, or it waited too long for its turn */
  run<Value>(work: () => Promise<Value>): Promise<Value | null>;
}

export interface LaneLimits {
  /** How many may wait besides those at work. */
  most: number;
  /** Milliseconds that one waits at most for its turn. */
  patienceMs: number;
  /** Pause of a lane before it takes who waits, in ms: a rush then leaves room for other work. */
  restMs?: number;
}

interface Waiting {
  /** @param isTurn whether it may begin, or has waited too long */
  done(isTurn: boolean): void;
  patience: NodeJS.Timeout;
}

/** @param lanes at the same time */
export function openLanes(lanes: number, { most, patienceMs, restMs = 0 }: LaneLimits): Lanes {
  const queue = new Set<Waiting>();
  let free = lanes;

  function wait(): Promise<boolean> {
    return new Promise((done) => {
      const patience = setTimeout(() => {
        queue.delete(one);
        done(false);
      }, patienceMs);
      const one: Waiting = { done, patience };
      queue.add(one);
    });
  }

  function pass(): void {
    const [next] = queue;
    if (!next) {
      free += 1;
      return;
    }
    queue.delete(next);
    clearTimeout(next.patience);
    if (restMs > 0) setTimeout(() => next.done(true), restMs);
    else next.done(true);
  }

  return {
    async run(work) {
      if (free > 0) free -= 1;
      else if (queue.size >= most || !(await wait())) return null;
      try {
        return await work();
      } finally {
        pass();
      }
    },
  };
}
