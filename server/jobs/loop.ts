import type { Db } from '#db/client.ts';
import type { Log } from '#server/log.ts';

/** A one-pass function and when to run it. Passes are bounded and safe to repeat. */
export interface Job {
  /** Names the advisory lock: the same in every process. */
  name: string;
  /** Milliseconds between passes, give or take a tenth. */
  everyMs: number;
  /** Milliseconds before the first pass; default: a moment. */
  firstMs?: number;
  run(now: number): Promise<unknown>;
}

export interface Loop {
  /** Starts no further pass and waits for the one under way. */
  stop(): Promise<void>;
}

/**
 * Runs jobs one after the other, each only while no other process runs the same. An error is
 * logged and the job comes round again.
 * @param clock what the jobs take for the time; when they are due is not its affair
 */
export function openLoop(
  db: Db,
  log: Pick<Log, 'error'>,
  jobs: readonly Job[],
  clock: () => number = Date.now,
): Loop {
  const due = new Map<Job, number>();
  for (const job of jobs) due.set(job, Date.now() + (job.firstMs ?? Math.random() * 500));
  const stopping = new AbortController();
  const running = work();

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const [next] = [...due].sort(([, a], [, b]) => a - b);
      if (next === undefined) return;
      const [job, at] = next;
      await sleep(at - Date.now(), stopping.signal);
      if (stopping.signal.aborted) return;
      await runAlone(db, job, clock()).catch((error) =>
        log.error({ error, job: job.name }, 'job failed'),
      );
      due.set(job, Date.now() + job.everyMs * (0.9 + Math.random() / 5));
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Runs one pass unless another process is at it. @returns whether it ran */
export async function runAlone(db: Db, job: Job, now = Date.now()): Promise<boolean> {
  const done = db.begin(async (tx) => {
    const [row] = await tx<{ mine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended(${`rostrum.job.${job.name}`}, 0)) as mine`;
    if (row?.mine !== true) return false;
    await job.run(now);
    return true;
  });
  return done as Promise<boolean>;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(wake, Math.max(0, ms));
    function wake() {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    }
    signal.addEventListener('abort', wake);
  });
}
