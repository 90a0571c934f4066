import postgres from 'postgres';
import { knowArrays } from './array-types.ts';
import type { Transaction } from './client.ts';

/** What a transaction's work comes to: its answer, and statements under way that end it. */
export interface Ending<Value> {
  value: Value;
  /** Already sent, by `execute()`; the commit travels right behind them. */
  writes?: Promise<unknown> | null | undefined;
}

export type Work<Value> = (tx: Transaction) => Promise<Ending<Value>>;

export interface Transactions {
  /**
   * Runs a transaction in as few round trips as it has waits: `begin` travels with the first
   * statements, `commit` with the last. A statement that fails makes Postgres roll back instead of
   * commit, whatever was sent behind it.
   * @param work reads with `tx`, then returns its last writes without waiting for them
   * @throws what `work` threw, the first statement's error, or the commit's (deferred triggers)
   */
  run<Value>(work: Work<Value>): Promise<Value>;
  close(timeoutSeconds: number): Promise<void>;
}

/** One connection, used by one transaction at a time. */
interface Lane {
  sql: postgres.Sql;
  /** Set when the connection is lost: its client is then ended, and another opened for the next. */
  lost: boolean;
  reopen(): void;
  /** Statements of the transaction under way. */
  statements: Statement[];
}

/** What postgres.js knows of a statement: whether it was begun, and null until it was sent. */
interface Statement {
  executed: boolean;
  state: object | null;
  cancelled: unknown;
  cancel(): void;
  reject(error: unknown): void;
}

type Options = postgres.Options<Record<string, postgres.PostgresType>>;

/**
 * Opens up to `max` connections for transactions. They are clients of one connection each, since
 * a shared pool can neither pipeline `begin` and `commit` nor tell which transaction lost what.
 */
export function openTransactions(url: string, max: number, options: Options): Transactions {
  const idle: Lane[] = Array.from({ length: max }, () => openLane(url, options));
  const lanes = [...idle];
  const waiting: ((lane: Lane) => void)[] = [];

  function release(lane: Lane): void {
    const next = waiting.shift();
    if (next) next(lane);
    else idle.push(lane);
  }

  return {
    async run(work) {
      const lane = idle.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
      try {
        return await runOn(lane, work);
      } finally {
        release(lane);
      }
    },
    async close(timeout) {
      await Promise.all(lanes.map(({ sql }) => sql.end({ timeout })));
    },
  };
}

function openLane(url: string, options: Options): Lane {
  const lane: Lane = {
    sql: undefined as unknown as postgres.Sql,
    lost: false,
    statements: [],
    reopen() {
      const sql = postgres(url, {
        ...options,
        max: 1,
        // The client would retire it on a timer, also in the middle of a transaction.
        max_lifetime: null,
        onclose: () => lose(lane, sql),
      });
      knowArrays(sql);
      Object.assign(lane, { sql, lost: false });
    },
  };
  lane.reopen();
  return lane;
}

/** Left to itself, the client would reconnect and run what still waits there, each by itself. */
function lose(lane: Lane, sql: postgres.Sql): void {
  if (lane.sql !== sql) return;
  lane.lost = true;
  for (const statement of lane.statements) {
    if (statement.executed && statement.state === null) statement.cancel();
  }
  void sql.end({ timeout: 0 });
}

async function runOn<Value>(lane: Lane, work: Work<Value>): Promise<Value> {
  if (lane.lost) lane.reopen();
  lane.statements = [];
  const tx = guard(lane);
  // Simple statements have no plan that could be lost.
  const begun = tx`begin`.simple().execute();
  begun.catch(() => {});
  let ending: Ending<Value>;
  try {
    ending = await work(tx);
  } catch (error) {
    sendOnce(lane);
    if (!lane.lost) await tx`rollback`.simple().catch(() => {});
    throw error;
  }
  sendOnce(lane);
  const commit = lane.lost ? Promise.reject(lostError()) : tx`commit`.simple().execute();
  const results = await Promise.allSettled([begun, ending.writes, commit]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const committed = await commit;
  if (committed.command !== 'COMMIT') throw new Error('Postgres rolled the transaction back');
  return ending.value;
}

/**
 * The client sends a statement again when the database has lost its plan. Behind the end of the
 * transaction it would run by itself, so that part of what was rolled back would be there.
 */
function sendOnce({ statements }: Lane): void {
  for (const statement of statements) {
    if (statement.executed) Object.defineProperty(statement, 'retried', ONCE);
  }
}

/** What the client sets before it sends again; it sends nothing that is cancelled. */
const ONCE: PropertyDescriptor & ThisType<Statement> = {
  get: () => undefined,
  set(error: unknown) {
    this.cancelled = true;
    this.reject(error);
  },
};

/** The lane's client, refusing statements once the transaction's connection is gone. */
function guard(lane: Lane): Transaction {
  const guarded = new Proxy(lane.sql, {
    apply(target, self, args) {
      if (lane.lost) throw lostError();
      const made = Reflect.apply(target, self, args);
      if (made instanceof Promise) lane.statements.push(made as unknown as Statement);
      return made;
    },
  });
  return guarded as unknown as Transaction;
}

function lostError(): Error {
  return new Error('The connection to the database was lost in a transaction');
}
