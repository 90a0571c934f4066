/** What came of doing something over and over from several places at once. */
export interface Pace {
  /** Done per second of wall-clock time. */
  perSecond: number;
  /** Milliseconds each took. */
  took: number[];
}

/**
 * Does the work `times` times, always `concurrent` at once.
 * @param work told which one it is, from 0
 */
export async function pace(
  times: number,
  concurrent: number,
  work: (index: number) => Promise<void>,
): Promise<Pace> {
  const took: number[] = [];
  let next = 0;
  const started = performance.now();
  const lane = async () => {
    for (let index = next++; index < times; index = next++) {
      const from = performance.now();
      await work(index);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
  return { perSecond: (times / (performance.now() - started)) * 1_000, took };
}
