import type { Sql } from '#db/client.ts';
import type { Log } from '#server/log.ts';

export interface Lister {
  /** Lists in a moment: there are new leaves. */
  poke(): void;
  /** Begins nothing more; closing the connection waits for what is under way. */
  stop(): void;
}

/** Milliseconds between two runs at least, so that signing comes first. */
const EVERY = 250;
/** After a failure the database is left alone a little, in milliseconds. */
const AFTER_FAILURE = 10_000;
/** Most events of one statement: some 50 ms. */
const BATCH = 500;

/** Keeps the listing up with the tree: what the log is searched by, see `audit.list_new`. */
export function openLister(sql: Sql, log: Pick<Log, 'error'>): Lister {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failing = false;
  let ended = false;

  /** @returns how many were listed */
  async function listSome(): Promise<number> {
    const [row] = await sql<{ listed: number | null }[]>`
      select audit.list_new(${BATCH}) as listed`;
    // Null: another process is at it.
    if (row?.listed == null) poke();
    return row?.listed ?? 0;
  }

  async function list(): Promise<void> {
    try {
      while (!ended && (await listSome()) === BATCH);
      failing = false;
    } catch (error) {
      if (!failing) log.error({ error }, 'new audit events were not listed');
      failing = true;
      poke(AFTER_FAILURE);
    }
  }

  function poke(afterMs = EVERY): void {
    if (!ended) timer ??= setTimeout(start, afterMs);
  }

  function start(): void {
    timer = undefined;
    running = running.then(list);
  }

  return {
    poke,
    stop() {
      ended = true;
      clearTimeout(timer);
    },
  };
}
