import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { eq, lt } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { cohortKey } from '#db/schema/incident.ts';
import { networkOf } from './network.ts';

/** A network, told apart from others but never named. */
export interface Cohort {
  /** 16 hex digits under the day's key. */
  today: string;
  /** The same network under yesterday's key; null when that day had none. */
  yesterday: string | null;
}

export interface Cohorts {
  /**
   * @param network an IP address or a platform's own name of a network; not kept
   * @param now milliseconds since the epoch
   */
  of(network: string, now: number): Promise<Cohort>;
  /** Deletes the keys of days before yesterday: their cohorts mean nothing any more. */
  forget(now: number): Promise<void>;
}

const DAY = 86_400_000;
const noKey = Promise.resolve(null);

/**
 * Turns networks into cohorts: HMAC-SHA-256, cut to 64 bits, under a random key per UTC day that
 * all processes share and that is thrown away after the next day.
 */
export function openCohorts(db: Db): Cohorts {
  const keys = new Map<string, Promise<KeyObject | null>>();

  function keyOf(day: string, make: boolean): Promise<KeyObject | null> {
    const held = keys.get(day);
    if (held && !make) return held;
    const key = make
      ? (held ?? noKey).then((found) => found ?? makeKey(db, day))
      : readKey(db, day);
    keys.set(day, key);
    key.catch(() => keys.delete(day));
    return key;
  }

  function dropBefore(oldest: string): void {
    for (const day of keys.keys()) if (day < oldest) keys.delete(day);
  }

  return {
    async of(network, now) {
      const [today, yesterday] = [dayOf(now), dayOf(now - DAY)];
      if (keys.size > 2) dropBefore(yesterday);
      const [key, before] = await Promise.all([keyOf(today, true), keyOf(yesterday, false)]);
      const name = networkOf(network);
      return {
        today: hash(key as KeyObject, name),
        yesterday: before === null ? null : hash(before, name),
      };
    },
    async forget(now) {
      const yesterday = dayOf(now - DAY);
      dropBefore(yesterday);
      await db.orm.delete(cohortKey).where(lt(cohortKey.day, yesterday));
    },
  };
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function hash(key: KeyObject, network: string): string {
  return createHmac('sha256', key).update(network).digest('hex').slice(0, 16);
}

async function makeKey(db: Db, day: string): Promise<KeyObject> {
  const key = randomBytes(32).toString('base64');
  await db.orm.insert(cohortKey).values({ day, key }).onConflictDoNothing();
  return (await readKey(db, day)) as KeyObject;
}

async function readKey(db: Db, day: string): Promise<KeyObject | null> {
  const [row] = await db.orm.select().from(cohortKey).where(eq(cohortKey.day, day));
  return row ? createSecretKey(row.key, 'base64') : null;
}
