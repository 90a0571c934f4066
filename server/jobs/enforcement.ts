import type { Db } from '#db/client.ts';
import type { Log } from '#server/log.ts';
import type { MediaPlane, PlaneRights } from '#server/media/plane.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { attempt, type Tried, targetOf } from './enforcement/attempt.ts';
import { claimDue } from './enforcement/claim.ts';
import { type Backoff, confirm } from './enforcement/confirm.ts';
import { openReportDesk } from './enforcement/reports.ts';
import { readRights } from './enforcement/rights.ts';
import { asksForEnforcement } from './enforcement/wake.ts';

export interface EnforcementOptions {
  db: Db;
  plane: MediaPlane;
  /** Tells everyone about a committed change. */
  committed: (change: RoomChange) => void;
  log: Pick<Log, 'error'>;
  /** Safety net behind `wake`, in milliseconds; 0: only when woken. Default 1,000. */
  pollMs?: number;
  /** How long a claim holds when its worker dies, in milliseconds. Default 10,000. */
  leaseMs?: number;
  /** When a try is given up, in milliseconds; below the lease. Default 5,000. */
  timeoutMs?: number;
  /** Default 1 s, doubled up to 60 s, with jitter. */
  backoff?: Backoff;
  /** Rows of one pass. Default 250. */
  batch?: number;
}

export interface EnforcementWorker {
  /** Looks for due rows now. */
  wake(): void;
  /** Wakes when a committed change asks for enforcement. */
  heed(change: RoomChange): void;
  /** Claims one batch and sees it through. @returns how many rows were due */
  pass(): Promise<number>;
  /** Resolves when nothing is in flight and nothing was left to look for. */
  idle(): Promise<void>;
  /** Claims nothing more and waits for what is in flight. */
  stop(): Promise<void>;
}

/** Passes under way at once: a slow target holds up its own pass only. */
const PASSES = 8;
/** How long a result waits for others of its room, in milliseconds. */
const GATHER_MS = 3;

/** Makes the media plane true to what the rooms say, and the rooms say how far that has come. */
export function openEnforcementWorker(options: EnforcementOptions): EnforcementWorker {
  const { db, plane, committed, log } = options;
  const { batch = 250, leaseMs = 10_000, timeoutMs = 5_000, pollMs = 1_000 } = options;
  const backoff = options.backoff ?? { firstMs: 1_000, mostMs: 60_000 };
  const underWay = new Set<Promise<unknown>>();
  const writing = new Map<string, { tries: Tried[]; done: Promise<void> }>();
  let asked = false;
  let stopped = false;

  const desk = openReportDesk({
    db,
    plane,
    renewed(change) {
      if (change) committed(change);
      wake();
    },
    failed: (error) => log.error({ error }, 'a report of the media plane was not looked at'),
  });
  plane.onReport(desk.take);
  const poll = pollMs > 0 ? setInterval(wake, pollMs) : undefined;
  poll?.unref();

  /** Results of one room are written together. */
  function write(tried: Tried): Promise<void> {
    const { room } = tried.claim;
    const gathering = writing.get(room);
    if (gathering) {
      gathering.tries.push(tried);
      return gathering.done;
    }
    const tries = [tried];
    const done = new Promise((resolve) => setTimeout(resolve, GATHER_MS)).then(async () => {
      writing.delete(room);
      const { change, overtaken, again } = await confirm(db, room, tries, backoff);
      if (change) committed(change);
      if (again) asked = true;
      await Promise.all(overtaken.map(lookAgain));
    });
    writing.set(room, { tries, done });
    return done;
  }

  /** What an overtaken worker pushed may have undone the newer push. */
  async function lookAgain({ claim }: Tried): Promise<void> {
    const report = await plane.observe(targetOf(claim)).catch(() => null);
    if (report) desk.take(report);
  }

  async function begin(): Promise<{ claimed: number; done: Promise<unknown> }> {
    const claims = await claimDue(db.sql, batch, leaseMs);
    if (claims.length === 0) return { claimed: 0, done: Promise.resolve() };
    const rights = await readRights(db.sql, claims);
    const done = Promise.all(
      claims.map(async (claim, index) =>
        write(await attempt(plane, claim, rights[index] as PlaneRights, timeoutMs, desk.take)),
      ),
    );
    return { claimed: claims.length, done };
  }

  async function run(): Promise<void> {
    try {
      const { claimed, done } = await begin();
      if (claimed === batch) wake();
      await done;
    } catch (error) {
      log.error({ error }, 'enforcement was interrupted; its rows are due again after the lease');
    }
  }

  function wake(): void {
    asked = true;
    pump();
  }

  function pump(): void {
    if (!asked || stopped || underWay.size >= PASSES) return;
    asked = false;
    const running: Promise<unknown> = run().finally(() => {
      underWay.delete(running);
      pump();
    });
    underWay.add(running);
  }

  async function idle(): Promise<void> {
    do {
      await desk.idle();
      await Promise.all(underWay);
    } while (underWay.size > 0);
  }

  return {
    wake,
    heed(change) {
      if (asksForEnforcement(change)) wake();
    },
    async pass() {
      const { claimed, done } = await begin();
      await done;
      return claimed;
    },
    idle,
    async stop() {
      stopped = true;
      clearInterval(poll);
      await idle();
    },
  };
}
