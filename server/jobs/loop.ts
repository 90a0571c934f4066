import { randomUUID } from 'node:crypto';
import type { Db } from '#db/client.ts';
import type { Log } from '#server/log.ts';

/** A one-pass function and when to run it. Passes are bounded and safe to repeat. */
export interface Job {
  /** Names the lease: the same in every process. */
  name: string;
  /** Milliseconds between passes, give or take a tenth. */
  everyMs: number;
  /** Milliseconds before the first pass; default: a moment. */
  firstMs?: number;
  run(now: number): Promise<unknown>;
}

export interface Loop {
  /** Starts no further pass and waits for those under way. */
  stop(): Promise<void>;
}

/** How long a process that died keeps others from its job, in milliseconds. */
const LEASE_MS = 15_000;

/**
 * Runs jobs side by side, each only while no other process runs the same: one that waits for
 * something holds up no other. An error is logged and the job comes round again.
 * @param clock what the jobs take for the time; when they are due is not its affair
 */
export function openLoop(
  db: Db,
  log: Pick<Log, 'error'>,
  jobs: readonly Job[],
  clock: () => number = Date.now,
): Loop {
  const stopping = new AbortController();
  const running = Promise.all(jobs.map(repeat));

  async function repeat(job: Job): Promise<void> {
    let wait = job.firstMs ?? Math.random() * 500;
    for (;;) {
      await sleep(wait, stopping.signal);
      if (stopping.signal.aborted) return;
      await runAlone(db, job, clock()).catch((error) =>
        log.error({ error, job: job.name }, 'job failed'),
      );
      wait = job.everyMs * (0.9 + Math.random() / 5);
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Runs one pass unless another process is at it, by a lease: a lock would last as long as whatever
 * the pass waits for. A pass that outlasts its lease of 15 s may meet another.
 * @returns whether it ran
 */
export async function runAlone({ sql }: Db, job: Job, now = Date.now()): Promise<boolean> {
  const holder = randomUUID();
  const { count } = await sql`
    insert into job_lease (name, holder, until)
    values (${job.name}, ${holder}, clock_timestamp() + make_interval(secs => ${LEASE_MS / 1_000}))
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where job_lease.until <= clock_timestamp()`;
  if (count === 0) return false;
  try {
    await job.run(now);
  } finally {
    await sql`
      update job_lease set until = clock_timestamp()
      where name = ${job.name} and holder = ${holder}`;
  }
  return true;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
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
