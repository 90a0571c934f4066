import { inArray, lt, sql } from 'drizzle-orm';
import type { Throttled } from '#app/domain/access/throttled.ts';
import type { Db, Sql, Transaction } from '#db/client.ts';
import { signInLimit } from '#db/schema/credential.ts';
import type { Cohort } from '#server/incidents/cohort.ts';
import { NOTED_EVERY_MINUTES, noteThrottled } from './note-throttled.ts';

/** How failures under one key slow the next try down. */
interface Pace {
  key: string;
  /** What the record says that it holds up; null: nothing, as each try that succeeds is on it. */
  of: Throttled | null;
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
  /** Null: nobody knows which. */
  network: Cohort | null;
  /** The account's holder, for the record; null: there is none. */
  readHolder(): Promise<string | null>;
}

/** Takes a try at a password, unless it comes too soon after failed ones, in any process. */
export async function tryPassword(
  db: Db,
  { account, network, readHolder }: Tried,
): Promise<TryAnswer> {
  const here = nameOf(network);
  const paces: Pace[] = [
    { key: `both ${account} ${here}`, of: 'account_and_network', free: 5, longest: 900 },
    { key: `network ${here}`, of: 'network', free: 50, longest: 900 },
    ...((await isKnown(db, account, network))
      ? []
      : [{ key: `account ${account}`, of: 'account', free: 30, longest: 30 } as const]),
  ];
  return takeTry(db, paces, readHolder, knownAs(account, here));
}

/**
 * The same for the code that is asked for after a password. Whoever only has the password can try from
 * any network: all of these are slowed down together, and those in which the account's holder has given
 * a code lately each by itself, so that strangers don't keep them out there.
 */
export async function tryCode(
  db: Db,
  operatorId: string,
  network: Cohort | null,
): Promise<TryAnswer> {
  const account = `factor ${operatorId} password`;
  const here = nameOf(network);
  const key = (await isKnown(db, account, network)) ? `${account} ${here}` : account;
  return takeTry(db, [{ key, ...FACTOR }], async () => operatorId, knownAs(account, here));
}

/**
 * The same for another proof of who one is.
 * @param after what whoever tries has shown already; counted apart, so that somebody who only has the
 *   password doesn't keep its owner from proving who they are where they are signed in
 */
export function tryFactor(
  db: Db,
  operatorId: string,
  after: 'session' | 'terminal',
): Promise<TryAnswer> {
  const pace = { key: `factor ${operatorId} ${after}`, ...FACTOR };
  return takeTry(db, [pace], async () => operatorId);
}

/**
 * Takes somebody's turn to have a new password of theirs hashed. It counts on when it has succeeded: nobody
 * needs many, and whoever asks for one after the other would keep those waiting who want to sign in.
 */
export function tryNewPassword(db: Db, operatorId: string): Promise<TryAnswer> {
  const pace = { key: `new password ${operatorId}`, of: null, free: 5, longest: 300 };
  return takeTry(db, [pace], async () => operatorId);
}

/** At most 288 tries a day; of a million codes three are right at a time. */
const FACTOR = { of: 'second_factor', free: 5, longest: 300 } as const;

const nameOf = (network: Cohort | null) => network?.today ?? 'unknown';
/** Says that somebody has succeeded from a network. */
const knownAs = (account: string, network: string) => `known ${account} ${network}`;

/** Networks go by another name each day; what is known of them is kept for two. */
async function isKnown(db: Db, account: string, network: Cohort | null): Promise<boolean> {
  const names = [network?.today, network?.yesterday].filter((name) => typeof name === 'string');
  const keys = names.map((name) => knownAs(account, name));
  return keys.length > 0 && (await db.orm.$count(signInLimit, inArray(signInLimit.key, keys))) > 0;
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
        const { key, of, free, longest } = pace;
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
        if (row?.wait != null) throw new TooSoon(row.wait, row.unnoted && of ? { key, of } : null);
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

type Unnoted = { key: string; of: Throttled };

/** Rolls a try back that came too soon: waiting on is not to be made longer by it. */
class TooSoon extends Error {
  readonly seconds: number;
  /** What it ran into, where the record hasn't said so lately. */
  readonly unnoted: Unnoted | null;

  constructor(seconds: number, unnoted: Unnoted | null) {
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
async function note(db: Db, { key, of }: Unnoted, readHolder: Tried['readHolder']): Promise<void> {
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
