import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { onTestFinished } from 'vitest';
import { openDb } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { createLogKey } from '#server/audit/log-key.ts';
import type { SequencerOptions } from '#server/audit/sequencer/sequencer.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

export const ORIGIN = 'test.example/log';

/** A folder that goes with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rostrum-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a sequencer of a test's own needs; `complaints` is what it logs as an error. */
export function sequencerOptions(
  base: TestDatabase,
  dataDir = makeFolder(),
): SequencerOptions & { complaints: { fields: object; words: string }[] } {
  const keyFile = join(dataDir, 'log-key');
  createLogKey(keyFile, ORIGIN);
  const complaints: { fields: object; words: string }[] = [];
  const log = {
    info: () => {},
    error: (fields: object, words: string) => void complaints.push({ fields, words }),
  };
  const db = openDb({ url: base.sequencerUrl, max: 1 });
  onTestFinished(() => db.close());
  return {
    db,
    log: log as unknown as SequencerOptions['log'],
    origin: ORIGIN,
    keyFile,
    strictKey: true,
    dataDir,
    complaints,
  };
}

/** Writes so many events in one transaction. @returns their ids */
export function appendMany(base: Pick<TestDatabase, 'db'>, count: number): Promise<string[]> {
  const entries = Array.from({ length: count }, (_, n) => ({
    action: 'room.locked',
    outcome: 'accepted' as const,
    occurred_at: 1_612_701_296_789 + n,
    actor: 'operator:1',
    target_type: 'room',
    target: `room:${n}`,
    fields: [{ name: 'reason', value: `because of ${n}` }],
  }));
  return base.db.begin((tx) => appendAudit(tx, entries));
}

const digest = (...parts: Uint8Array[]) =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** The root by the definition of RFC 6962, section 2.1, and nothing cleverer. */
export function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return digest();
  if (leaves.length === 1) return digest(Buffer.of(0), leaves[0] as Uint8Array);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return digest(Buffer.of(1), naiveRoot(leaves.slice(0, half)), naiveRoot(leaves.slice(half)));
}

/** What is stored: leaves in order with their events' bytes, and checkpoints from small to large. */
export async function readTree(owner: postgres.Sql) {
  const leaves = await owner<{ leaf_index: string; event_id: string; leaf: Buffer }[]>`
    select l.leaf_index, l.event_id, e.leaf from audit.leaf l join audit.event e using (event_id)
    order by l.leaf_index`;
  const checkpoints = await owner<{ tree_size: string; root: Buffer; note: string }[]>`
    select tree_size, root, note from audit.checkpoint order by tree_size`;
  const [counts] = await owner<{ events: number; waiting: number }[]>`
    select (select count(*)::int from audit.event) as events,
      (select count(*)::int from audit.outbox) as waiting`;
  return {
    leaves: leaves.map(({ leaf }) => leaf),
    ids: leaves.map((row) => row.event_id),
    indexes: leaves.map((row) => Number(row.leaf_index)),
    checkpoints: checkpoints.map((row) => ({ ...row, tree_size: Number(row.tree_size) })),
    events: counts?.events ?? 0,
    waiting: counts?.waiting ?? 0,
  };
}
