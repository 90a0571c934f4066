import type { Response } from 'express';
import type { Sql } from '#db/client.ts';
import { openRateLimit } from '#server/http/rate-limit.ts';

/** A platform key, or somebody who is signed in. */
export interface Caller {
  id: string;
  /** Null: as many as is usual. */
  callsPerMinute: number | null;
}

export interface CallLimit {
  /**
   * Takes one of a caller's calls; sets the RateLimit headers.
   * @returns whether there was one
   * @throws without a database, where processes count together
   */
  take(caller: Caller, response: Response): Promise<boolean>;
}

export interface CallLimitOptions {
  /** Calls a minute of a caller without a limit of its own. */
  usual: number;
  /** Where several processes count together; undefined for one alone. */
  shared?: Sql | undefined;
  now?: () => number;
}

const MINUTE = 60_000;
/** A process asks the database for this part of the limit at a time. */
const PART = 100;

/** Most callers remembered; beyond it, those of earlier minutes are forgotten. */
const LARGEST = 10_000;

/** What this process knows of a caller's minute. */
interface Share {
  minute: number;
  /** Calls set aside and not made yet. */
  left: number;
  /** Calls that all processes have set aside. */
  taken: number;
  asking: Promise<void> | null;
}

/**
 * Limits the calls of each caller: evenly in this process, and by the minute in all of them together.
 * Calls are set aside a hundredth of the limit at a time, so that few of them ask the database.
 */
export function openCallLimit({ usual, shared, now = Date.now }: CallLimitOptions): CallLimit {
  const local = openRateLimit(usual, now);
  const shares = new Map<string, Share>();

  function shareOf(id: string): Share {
    const minute = Math.floor(now() / MINUTE) * MINUTE;
    const known = shares.get(id);
    if (known?.minute === minute) return known;
    if (shares.size >= LARGEST) forgetBefore(shares, minute);
    const fresh = { minute, left: 0, taken: 0, asking: null };
    shares.set(id, fresh);
    return fresh;
  }

  async function takeShared(sql: Sql, id: string, limit: number): Promise<Share & { ok: boolean }> {
    for (;;) {
      const share = shareOf(id);
      if (share.left > 0) {
        share.left--;
        return { ...share, ok: true };
      }
      if (share.taken >= limit) return { ...share, ok: false };
      share.asking ??= setAside(sql, id, share, limit).finally(() => {
        share.asking = null;
      });
      await share.asking;
    }
  }

  return {
    async take({ id, callsPerMinute }, response) {
      const limit = callsPerMinute ?? usual;
      if (!local.take(id, response, limit)) return false;
      if (shared === undefined) return true;
      const { ok, minute, left, taken } = await takeShared(shared, id, limit);
      const here = Number(response.get('RateLimit-Remaining'));
      const seconds = String(Math.max(1, Math.ceil((minute + MINUTE - now()) / 1_000)));
      response.set({
        'RateLimit-Remaining': String(ok ? Math.min(here, Math.max(0, limit - taken) + left) : 0),
        'RateLimit-Reset': seconds,
        ...(!ok && { 'Retry-After': seconds }),
      });
      return ok;
    },
  };
}

function forgetBefore(shares: Map<string, Share>, minute: number): void {
  for (const [id, share] of shares) if (share.minute < minute) shares.delete(id);
}

async function setAside(sql: Sql, id: string, share: Share, limit: number): Promise<void> {
  const part = Math.ceil(limit / PART);
  const minute = new Date(share.minute).toISOString();
  const [row] = await sql<{ taken: number }[]>`
    insert into call_window as w (key_id, minute, taken) values (${id}, ${minute}, ${part})
    on conflict (key_id, minute) do update set taken = w.taken + excluded.taken
      where w.taken < ${limit}
    returning taken`;
  share.taken = row ? row.taken : limit;
  // The last to set aside may have reached beyond the limit.
  share.left = row ? part - Math.max(0, row.taken - limit) : 0;
}
