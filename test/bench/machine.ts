import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** The machine in one line, with how busy it was before the run. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${availableParallelism()} × ${model}, ${memory} GiB, ${process.platform} ${release()}, ` +
    `Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}`
  );
}
