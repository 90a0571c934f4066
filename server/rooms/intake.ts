import { setTimeout as sleep } from 'node:timers/promises';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { Db } from '#db/client.ts';
import type { RoomChange } from './draft.ts';
import { ingest, type Presence, type PresenceAnswer } from './ingest.ts';

export interface IntakeOptions {
  /** How long the first item of a batch waits for company, in milliseconds. */
  gatherMs: number;
  /** Pause of a busy room between two batches, in milliseconds; none when many wait. */
  pauseMs: number;
  /** Most items of one transaction. */
  batchSize: number;
  /** Most items waiting per room; above it, `busy`. */
  backlog: number;
  /** Called after each commit, in the order of the room's events. */
  committed: (change: RoomChange) => void;
}

export interface Intake {
  /** Resolves when the item is committed or refused; rejects when the database failed. */
  submit(roomId: string, item: Presence): Promise<PresenceAnswer>;
  /**
   * Submits many items of one room, in order: all of them, or none when the backlog is too full.
   * Rejects when any of their transactions failed; others may then be committed.
   */
  submitMany(roomId: string, items: readonly Presence[]): Promise<PresenceAnswer[]>;
  /** Items waiting or being written, over all rooms. */
  depth(): number;
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>;
}

interface Waiting {
  item: Presence;
  resolve: (answer: PresenceAnswer) => void;
  reject: (error: unknown) => void;
}

interface Lane {
  waiting: Waiting[];
  writing: number;
}

/** A transaction by itself costs about as much as writing this many items. */
const WORTH_A_BATCH = 100;

/**
 * Gathers presence per room for a few milliseconds and writes it in batches, one at a time per
 * room. A full backlog refuses instead of growing.
 */
export function openIntake(db: Db, options: IntakeOptions): Intake {
  const lanes = new Map<string, Lane>();
  const idle: (() => void)[] = [];

  async function write(roomId: string, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, options.batchSize);
      lane.writing = batch.length;
      try {
        const { answers, change } = await ingest(
          db,
          roomId,
          batch.map(({ item }) => item),
        );
        if (change) options.committed(change);
        for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as PresenceAnswer);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      lane.writing = 0;
      const waits = lane.waiting.length;
      if (waits > 0 && waits < WORTH_A_BATCH) await sleep(options.pauseMs);
    }
    lanes.delete(roomId);
    if (lanes.size === 0) for (const resolve of idle.splice(0)) resolve();
  }

  /** @param coming items about to be put in: so many need no company */
  function laneOf(roomId: string, coming: number): Lane {
    const known = lanes.get(roomId);
    if (known) return known;
    const lane: Lane = { waiting: [], writing: 0 };
    lanes.set(roomId, lane);
    if (coming >= WORTH_A_BATCH) setImmediate(() => void write(roomId, lane));
    else setTimeout(() => void write(roomId, lane), options.gatherMs);
    return lane;
  }

  function isFull(roomId: string, more: number): boolean {
    return (lanes.get(roomId)?.waiting.length ?? 0) + more > options.backlog;
  }

  return {
    submit(roomId, item) {
      if (isFull(roomId, 1)) return Promise.resolve(refuse('busy', { retryAfter: 1_000 }));
      const { waiting } = laneOf(roomId, 1);
      return new Promise((resolve, reject) => waiting.push({ item, resolve, reject }));
    },
    async submitMany(roomId, items) {
      if (items.length === 0) return [];
      if (isFull(roomId, items.length)) {
        return items.map(() => refuse('busy', { retryAfter: 1_000 }));
      }
      const { waiting } = laneOf(roomId, items.length);
      const answers: PresenceAnswer[] = new Array(items.length);
      let open = items.length;
      // One promise for all: ten thousand of them cost more than the writing.
      return new Promise((resolveAll, reject) => {
        for (const [index, item] of items.entries()) {
          const resolve = (answer: PresenceAnswer) => {
            answers[index] = answer;
            if (--open === 0) resolveAll(answers);
          };
          waiting.push({ item, resolve, reject });
        }
      });
    },
    depth() {
      let depth = 0;
      for (const { waiting, writing } of lanes.values()) depth += waiting.length + writing;
      return depth;
    },
    drain() {
      return lanes.size === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
    },
  };
}
