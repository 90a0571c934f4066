import { setTimeout as sleep } from 'node:timers/promises';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import type { Db } from '#db/client.ts';
import { openLogKeys } from '#server/audit/log-key.ts';
import type { Witness } from '#server/audit/witness/ask-witness.ts';
import { openCosigner } from '#server/audit/witness/cosigner.ts';
import type { Log } from '#server/log.ts';
import { LogHalted } from './halt.ts';
import { openLister } from './lister.ts';
import { openMonthMaker } from './month-maker.ts';
import { type PassDeps, type Sequenced, type Step, sequenceOnce } from './pass.ts';
import { openPins } from './pins.ts';
import type { PublishStep } from './publish.ts';
import { openPublisher, type Publisher } from './publisher.ts';
import { readBacklog } from './tree-store.ts';

export interface SequencerOptions {
  /** Connected as `audit_sequencer`; the sequencer closes it. */
  db: Db;
  log: Pick<Log, 'info' | 'error'>;
  origin: string;
  keyFile: string;
  /** Refuse a key file that others may read. */
  strictKey: boolean;
  /** Where this process's own pin is kept. */
  dataDir: string;
  pinsFile?: string | undefined;
  publishDir?: string | undefined;
  /** Asked to cosign each checkpoint; none by default. */
  witnesses?: readonly Witness[] | undefined;
  /** From how many on their cosignatures are published; more than half by default. */
  witnessQuorum?: number | undefined;
  /** Milliseconds between passes. Default 200. */
  everyMs?: number;
  /** Most events of one pass. Default 4,096. */
  batchSize?: number;
  /** Called after each step of a pass. */
  step?: (step: Step | PublishStep) => unknown;
}

export interface SequencerState {
  /** Why nothing is signed any more; null: all is well. */
  halted: string | null;
  /** Events waiting, 100,000 at most. */
  depth: number;
  /** Age of the oldest of them in seconds; 0 when there is none. */
  oldestSeconds: number;
}

export interface Sequencer {
  /** Looks at the outbox now. */
  poke(): void;
  /** Reads the outbox. */
  state(): Promise<SequencerState>;
  /** Takes what still waits, publishes, and closes the connection; 5 s at most. */
  stop(): Promise<void>;
}

/** How late an event may be in the tree, in milliseconds: what the log promises. */
const MERGE_PROMISE = 60_000;
const LOOK_EVERY = 10_000;
/** After a failure the database is left alone a little, in milliseconds. */
const AFTER_FAILURE = 1_000;
const LONGEST_END = 3_000;
/** Longer than the client waits for what is under way. */
const LONGEST_CLOSE = 6_000;

/**
 * Sequences in this process until it is stopped. Any number of processes may: one works at a time,
 * and another goes on when it dies. Stops signing for good on a contradiction.
 * @throws with a message for people when the key can't be used
 */
export function openSequencer(options: SequencerOptions): Sequencer {
  const { db, log, origin, keyFile, dataDir, everyMs = 200, batchSize = 4_096 } = options;
  const keys = openLogKeys(keyFile, origin, options.strictKey);
  keys();
  const pins = openPins(origin, dataDir, options.pinsFile);
  const deps: PassDeps = { db, origin, keys, pins, batchSize, step: options.step };
  const publisher: Publisher | null = options.publishDir
    ? openPublisher({ sql: db.sql, log, folder: options.publishDir, step: options.step })
    : null;
  const lister = openLister(db.sql, log);
  const months = openMonthMaker(db.sql, log);
  const { witnesses = [] } = options;
  const cosigner =
    witnesses.length === 0
      ? null
      : openCosigner({
          sql: db.sql,
          log,
          witnesses,
          quorum: options.witnessQuorum ?? Math.floor(witnesses.length / 2) + 1,
          cosigned: () => publisher?.poke(),
          rolledBack: (reason) => complain(new LogHalted(reason)),
        });
  let trusted: TreeHead | null = null;
  let halted: string | null = null;
  let failing = false;
  let late = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let stopping = false;
  let poked = false;
  let wake = () => {};

  /** @returns milliseconds until the next pass */
  async function pass(): Promise<number> {
    try {
      await look();
      if (halted !== null) return LOOK_EVERY;
      if (trusted && !(await hasWaiting(db))) return everyMs;
      const done = await sequenceOnce(deps, trusted);
      failing = false;
      if (done === null) return everyMs;
      if (done.head.size !== trusted?.size) {
        publisher?.poke();
        lister.poke();
        cosigner?.poke();
      }
      trusted = done.head;
      return done.taken === batchSize ? 0 : everyMs;
    } catch (error) {
      return complain(error);
    }
  }

  function complain(error: unknown): number {
    if (error instanceof LogHalted) {
      halted = error.message;
      log.error({ reason: halted }, 'the audit log contradicts itself: nothing more is signed');
      return LOOK_EVERY;
    }
    if (!failing) log.error({ error }, 'the audit log could not be sequenced');
    failing = true;
    return AFTER_FAILURE;
  }

  /** Complains once when events wait longer than was promised, whoever should have taken them. */
  async function look(): Promise<void> {
    if (performance.now() - lookedAt < LOOK_EVERY) return;
    lookedAt = performance.now();
    const { oldestSeconds } = await stateOf(db, halted);
    const wasLate = late;
    late = oldestSeconds * 1_000 > MERGE_PROMISE;
    if (late && !wasLate) log.error({ oldestSeconds }, 'audit events wait longer than promised');
  }

  async function run(): Promise<void> {
    while (!stopping) {
      poked = false;
      const wait = await pass();
      if (wait > 0 && !poked && !stopping) await rest(wait);
    }
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  let stopped: Promise<void> | undefined;

  async function end(): Promise<void> {
    stopping = true;
    wake();
    lister.stop();
    months.stop();
    await inTime(takeTheRest(), 'what waits was not sequenced');
    await inTime(Promise.all([cosigner?.stop(), publisher?.stop()]), 'the files were not written');
    await inTime(db.close(), 'the connections were not closed', LONGEST_CLOSE);
  }

  async function takeTheRest(): Promise<void> {
    await running;
    const until = performance.now() + LONGEST_END;
    while (performance.now() < until && (await pass()) === 0);
  }

  /** A process must be able to end whatever the database does. */
  async function inTime(work: Promise<unknown>, missed: string, ms = LONGEST_END): Promise<void> {
    const late = Symbol('late');
    const ended = await Promise.race([work, sleep(ms, late, { ref: false })]);
    if (ended === late) log.error({ missed }, 'the sequencer could not end in time');
  }

  return {
    poke() {
      poked = true;
      wake();
    },
    state: () => stateOf(db, halted),
    stop() {
      stopped ??= end();
      return stopped;
    },
  };
}

/** What a single pass of the command line does. @throws LogHalted, or with a message for people */
export async function sequenceAll(
  options: Omit<SequencerOptions, 'log'>,
): Promise<Sequenced | null> {
  const { db, origin, keyFile, dataDir, batchSize = 4_096, step } = options;
  const keys = openLogKeys(keyFile, origin, options.strictKey);
  const pins = openPins(origin, dataDir, options.pinsFile);
  const deps: PassDeps = { db, origin, keys, pins, batchSize, step };
  let taken = 0;
  for (let trusted: TreeHead | null = null; ; ) {
    const done: Sequenced | null = await sequenceOnce(deps, trusted);
    if (done === null) return null;
    taken += done.taken;
    trusted = done.head;
    if (done.taken < batchSize) return { head: done.head, taken };
  }
}

async function hasWaiting({ sql }: Db): Promise<boolean> {
  const [row] = await sql<{ waits: boolean }[]>`
    select exists (select from audit.outbox) as waits`;
  return row?.waits ?? false;
}

async function stateOf({ sql }: Db, halted: string | null): Promise<SequencerState> {
  const { depth, oldest } = await readBacklog(sql);
  const oldestSeconds = oldest === null ? 0 : Math.max(0, (Date.now() - oldest) / 1_000);
  return { halted, depth, oldestSeconds };
}
