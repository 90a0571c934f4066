import type { Sql } from '#db/client.ts';
import type { Log } from '#server/log.ts';

export interface MonthMaker {
  /** Begins nothing more; closing the connection waits for what is under way. */
  stop(): void;
}

const EVERY = 60 * 60_000;
/** Months that are made ahead. */
const AHEAD = 3;

/** Makes the log's partitions of this month and the next ones; see `audit.ensure_partitions`. */
export async function makeMonths(sql: Sql): Promise<void> {
  await sql`select audit.ensure_partitions(${AHEAD})`;
}

/** The same now and each hour. */
export function openMonthMaker(sql: Sql, log: Pick<Log, 'error'>): MonthMaker {
  async function make(): Promise<void> {
    try {
      await makeMonths(sql);
    } catch (error) {
      // Events of a month that isn't there are kept all the same.
      log.error({ error }, 'the next months of the audit log were not made');
    }
  }

  const timer = setInterval(make, EVERY);
  void make();
  return { stop: () => clearInterval(timer) };
}
