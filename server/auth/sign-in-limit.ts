import { eq, lt, sql } from 'drizzle-orm';
import type { Throttled } from '#app/domain/access/throttled.ts';
import type { Db, Sql, Transaction } from '#db/client.ts';
import { signInLimit } from '#db/schema/credential.ts';
import { NOTED_EVERY_MINUTES, noteThrottled } from './note-throttled.ts';

/** How failures under one key slow the next try down. */
interface Pace {
  key: string;
  of: Throttled;
  /** Failures that cost no wait. */
  free: number;
  /** Longest wait, in seconds; it doubles from one second. */
  longest: number;
}

/** A try that may go on. It counts as failed until it is said to have succeeded. */
export interface Try {
  /** Takes this try back from what counts as failed. */
  succeeded(): Promise<void>;
  /** The same for one that nobody looked at: it proves nothing. */
  wasNone(): Promise<void>;
}

export type TryAnswer = { ok: true; attempt: Try } | { ok: false; retryAfter: number };

/** A failure is forgotten after this many seconds. */
const FORGOTTEN_AFTER = 300;

/**
 * Whose tries are counted, as keys that tell nothing: the account by the name typed, so that one
 * that isn't there is slowed alike; the network; and both. Someone who signed in from a network
 * lately isn't held up by what other networks try on their account.
 */
export interface Tried {
  account: string;
  network: string;
  /** The account's holder, for the record; null: there is none. */
  readHolder(): Promise<string | null>;
}

/** Takes a try at a password, unless it comes too soon after failed ones, in any process. */
export async function tryPassword(db: Db, tried: Tried): Promise<TryAnswer> {
  const both = `${tried.account} ${tried.network}`;
  const isKnown = (await db.orm.$count(signInLimit, eq(signInLimit.key, `known ${both}`))) > 0;
  const paces: Pace[] = [
    { key: `both ${both}`, of: 'account_and_network', free: 5, longest: 900 },
    { key: `network ${tried.network}`, of: 'network', free: 50, longest: 900 },
    ...(isKnown
      ? []
      : [{ key: `account ${tried.account}`, of: 'account', free: 30, longest: 30 } as const]),
  ];
  return takeTry(db, paces, tried.readHolder, `known ${both}`);
}

/**
 * The same for a second factor, or another proof of who one is.
 * @param after what whoever tries has shown already; counted apart, so that somebody who only has the
 *   password doesn't keep its owner from proving who they are where they are signed in
 */
export function tryFactor(
  db: Db,
  operatorId: string,
  after: 'password' | 'session' | 'terminal',
): Promise<TryAnswer> {
  const key = `factor ${operatorId} ${after}`;
  const pace = { key, of: 'second_factor', free: 5, longest: 300 } as const;
  return takeTry(db, [pace], async () => operatorId);
}

/** @param known what is noted of a try that succeeds, as the key of a row */
// By the clock, not by the transaction's beginning: tries wait for each other on the row.
async function takeTry(
  db: Db,
  paces: readonly Pace[],
  readHolder: Tried['readHolder'],
  known: string | null = null,
): Promise<TryAnswer> {
  // In one order, so that two tries never wait for each other.
  const ordered = paces.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const taken = await db
    .begin(async (tx) => {
      for (const pace of ordered) {
        const { key, free, longest } = pace;
        const [row] = await tx<{ wait: number | null; unnoted: boolean }[]>`
          insert into sign_in_limit as l (key, failures, next_at)
          values (${key}, 1, clock_timestamp())
          on conflict (key) do update set
            failures = case when l.next_at > clock_timestamp() then l.failures else
              1 + greatest(0, l.failures - floor(
                extract(epoch from clock_timestamp() - l.last_at) / ${FORGOTTEN_AFTER}::float8)::int) end
          returning case when next_at > clock_timestamp()
            then ceil(extract(epoch from next_at - clock_timestamp()))::int end as wait,
            ${unnoted(tx)} as unnoted`;
        if (row?.wait != null) throw new TooSoon(row.wait, row.unnoted ? pace : null);
        await tx`
          update sign_in_limit set last_at = clock_timestamp(), next_at = case when failures > ${free}
            then clock_timestamp() + make_interval(secs => least(${longest}::float8,
              power(2, least(failures - ${free} - 1, 20))))
            else clock_timestamp() end
          where key = ${key} and ${noWait(tx)}`;
      }
      return null;
    })
    .catch((error: unknown) => {
      if (error instanceof TooSoon) return error;
      throw error;
    });
  if (taken) {
    if (taken.unnoted) await note(db, taken.unnoted, readHolder);
    return { ok: false, retryAfter: taken.seconds };
  }
  const keys = ordered.map(({ key }) => key);
  const takeBack = async (proven: string | null) => {
    await db.sql`
      with taken_back as (
        update sign_in_limit set failures = greatest(0, failures - 1),
          next_at = case when key like 'network %' then next_at else clock_timestamp() end
        where key = any(${keys}) and ${noWait(db.sql)})
      insert into sign_in_limit (key, failures)
      select ${proven}, 0 where ${proven}::text is not null
      on conflict (key) do update set last_at = now()`;
  };
  return {
    ok: true,
    attempt: { succeeded: () => takeBack(known), wasNone: () => takeBack(null) },
  };
}

/** Rolls a try back that came too soon: waiting on is not to be made longer by it. */
class TooSoon extends Error {
  readonly seconds: number;
  /** What it ran into, where the record hasn't said so lately. */
  readonly unnoted: Pace | null;

  constructor(seconds: number, unnoted: Pace | null) {
    super('This try came too soon');
    this.seconds = seconds;
    this.unnoted = unnoted;
  }
}

// A crash of the database may forget a second of tries; acts needn't wait for the disk to have them.
const noWait = (sql: Sql | Transaction) =>
  sql`set_config('synchronous_commit', 'off', true) is not null`;

const unnoted = (sql: Transaction) => sql`
  (noted_at is null or noted_at < now() - make_interval(mins => ${NOTED_EVERY_MINUTES}))`;

/** Of many that are refused at the same moment, one is on the record. */
async function note(db: Db, { key, of }: Pace, readHolder: Tried['readHolder']): Promise<void> {
  const holder = await readHolder();
  await db.begin(async (tx) => {
    const rows = await tx`
      update sign_in_limit set noted_at = now() where key = ${key} and ${unnoted(tx)} returning key`;
    if (rows.length > 0) await noteThrottled(tx, of, holder);
  });
}

/** Deletes what was counted more than two days ago. @returns how many rows */
export async function forgetTries({ orm }: Pick<Db, 'orm'>): Promise<number> {
  const old = lt(signInLimit.lastAt, sql`now() - interval '2 days'`);
  const gone = await orm.delete(signInLimit).where(old).returning({ key: signInLimit.key });
  return gone.length;
}
