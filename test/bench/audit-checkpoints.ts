import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, openDb } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { openBenchSequencer } from './bench-sequencer.ts';
import { startBenchDatabase } from './database.ts';
import { figureOf, quantileOf, type SuiteResult } from './figure.ts';

const ROUNDS = 3;
const SECONDS = 5;
/** Events of one transaction, and how many such transactions begin each second. */
const TOGETHER = 10;
const PER_SECOND = 100;
const LOOK_EVERY = 5;

/**
 * How long a committed event waits for the first checkpoint that covers it to be there for others to
 * read, at 1,000 events a second. Its limit is the second that was asked for.
 */
export async function measureCheckpoints(): Promise<SuiteResult> {
  const database = await startBenchDatabase();
  const db = openDb({ url: database.appUrl, max: 8 });
  const sequencer = await openBenchSequencer(database);
  try {
    const p99s: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      p99s.push(quantileOf(await measureRound(db), 0.99));
    }
    const limit = p99s.map(() => 1_000);
    return {
      figures: [figureOf('checkpoint-p99-ms', 'ms', 'lower', { ours: p99s, limit })],
      notes: [database.durability],
    };
  } finally {
    await sequencer.stop();
    await db.close();
    await database.stop();
  }
}

/** @returns each event's wait in milliseconds */
async function measureRound(db: Db): Promise<number[]> {
  const written = new Map<string, number>();
  const seen: { at: number; size: number }[] = [];
  let writing = true;
  const looking = look(db, seen, () => writing);
  const calls: Promise<void>[] = [];
  const started = performance.now();
  for (let n = 0; n < SECONDS * PER_SECOND; n++) {
    const due = started + (n * 1_000) / PER_SECOND;
    await sleep(Math.max(0, due - performance.now()));
    calls.push(append(db, written));
  }
  await Promise.all(calls);
  const last = await waitForAll(db);
  while ((seen.at(-1)?.size ?? 0) < last) await sleep(LOOK_EVERY);
  writing = false;
  await looking;
  return waitsOf(db, written, seen);
}

async function append(db: Db, written: Map<string, number>): Promise<void> {
  const ids = await db.begin((tx) => appendAudit(tx, ENTRIES));
  const at = performance.now();
  for (const id of ids) written.set(id, at);
}

async function look(db: Db, seen: { at: number; size: number }[], goOn: () => boolean) {
  while (goOn()) {
    const [row] = await db.sql<{ size: number }[]>`
      select tree_size as size from audit.checkpoint order by tree_size desc limit 1`;
    const size = row?.size ?? 0;
    if (size !== seen.at(-1)?.size) seen.push({ at: performance.now(), size });
    await sleep(LOOK_EVERY);
  }
}

/** @returns the size of the tree once every event is in it */
async function waitForAll(db: Db): Promise<number> {
  for (;;) {
    const [row] = await db.sql<{ events: number; leaves: number }[]>`
      select (select count(*) from audit.event) as events,
        (select count(*) from audit.leaf) as leaves`;
    if (row && row.events === row.leaves) return row.leaves;
    await sleep(50);
  }
}

async function waitsOf(
  db: Db,
  written: ReadonlyMap<string, number>,
  seen: readonly { at: number; size: number }[],
): Promise<number[]> {
  const leaves = await db.sql<{ event_id: string; leaf_index: number }[]>`
    select event_id, leaf_index from audit.leaf where event_id = any(${[...written.keys()]})`;
  if (leaves.length !== written.size) throw new Error('Events are missing from the tree');
  return leaves.map(({ event_id, leaf_index }) => {
    const covered = seen.find(({ size }) => size > leaf_index);
    return (covered?.at ?? Number.NaN) - (written.get(event_id) ?? Number.NaN);
  });
}

const ENTRIES = Array.from(
  { length: TOGETHER },
  (): AuditEntry => ({
    action: 'participant.muted',
    outcome: 'accepted',
    occurred_at: 1_612_701_296_789,
    actor: 'operator:bench',
    target_type: 'participant',
    target: 'member:bench',
    room: 'bench',
    fields: [
      { name: 'actor_name', value: 'lead', subject: 'operator:bench' },
      { name: 'reason', value: 'Shouting over the speaker', subject: 'member:bench' },
      { name: 'before', value: { muted: false }, subject: 'member:bench' },
      { name: 'after', value: { muted: true }, subject: 'member:bench' },
    ],
  }),
);
