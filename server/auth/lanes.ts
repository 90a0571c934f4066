/** Work done a few at a time, with a bounded number waiting. */
export interface Lanes {
  /** @returns the work's answer, or null at once when too many wait already */
  run<Value>(work: () => Promise<Value>): Promise<Value | null>;
}

/**
 * @param lanes at the same time
 * @param most how many may wait besides
 * @param restMs pause of a lane before it takes who waits: a rush then leaves room for other work
 */
export function openLanes(lanes: number, most: number, restMs = 0): Lanes {
  const waiting: (() => void)[] = [];
  let free = lanes;
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else if (waiting.length >= most) return null;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next && restMs > 0) setTimeout(next, restMs);
        else if (next) next();
        else free += 1;
      }
    },
  };
}
