import postgres from 'postgres';
import { knowArrays } from './array-types.ts';
import { checkDatabaseUrl } from './database-url.ts';
import { type Orm, ormOn } from './orm.ts';
import { openTransactions, type Work } from './transaction.ts';

// Sequence numbers and counts stay far below 2^53, so numbers serve better than strings.
const int8 = {
  to: 20,
  from: [20],
  serialize: (value: number | bigint) => String(value),
  parse(text: string): number {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} exceeds 2^53`);
    return value;
  },
};

/**
 * A raw postgres.js client. What columns become: `int8` (also `count(*)`) number, `numeric` string,
 * `timestamptz` Date, `json`/`jsonb` parsed, `bytea` Buffer, arrays of these arrays.
 */
export type Sql = postgres.Sql<{ int8: number }>;

/** The same within `sql.begin`. */
export type Transaction = postgres.TransactionSql<{ int8: number }>;

export interface Db {
  /** For hot paths; statements are prepared once per connection. */
  sql: Sql;
  /** For everything drizzle can say, on the same connections; in a transaction, `ormOn` it. */
  orm: Orm;
  /** Runs a transaction on a connection of its own; see `Transactions.run`. */
  transact<Value>(work: Work<Value>): Promise<Value>;
  /**
   * The same, one step after the other; for all that isn't hot. Not `sql.begin`: that one ends the
   * process when its connection is cut in the middle, by writing to a socket that is gone.
   */
  begin<Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value>;
  /** Waits up to 5 s for running queries, then closes all. */
  close(): Promise<void>;
}

export interface DbOptions {
  /** Connects as `rostrum_app`. */
  url: string;
  /** Most connections of each of the two kinds; they open when needed. Default 10. */
  max?: number;
}

/** Opens a database for the application. Connects on first use, and again after a loss. */
export function openDb({ url, max = 10 }: DbOptions): Db {
  const options = {
    max,
    types: { int8 },
    // See `knowArrays`.
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: 'rostrum',
      TimeZone: 'UTC',
      // Hot statements go by key; planning each anew costs more than running it.
      plan_cache_mode: 'force_generic_plan',
    },
  };
  checkDatabaseUrl(url);
  const sql = postgres(url, options);
  knowArrays(sql);
  const transactions = openTransactions(url, max, {
    ...options,
    // A plan made while a table was empty would read all of it, and be kept while it grows.
    connection: { ...options.connection, enable_seqscan: 'off', jit: 'off' },
  });
  return {
    sql,
    orm: ormOn(sql),
    transact: transactions.run,
    begin: (work) => transactions.run(async (tx) => ({ value: await work(tx) })),
    async close() {
      await Promise.all([sql.end({ timeout: 5 }), transactions.close(5)]);
    },
  };
}
