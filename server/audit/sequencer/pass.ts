import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import { formatCheckpoint, openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { formatVkey } from '#app/domain/audit/tlog/key.ts';
import { formatNote, parseNote } from '#app/domain/audit/tlog/note.ts';
import { growTiles } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Db, Transaction } from '#db/client.ts';
import { signEd25519, verifyEd25519 } from '#server/audit/ed25519.ts';
import type { LogKeys } from '#server/audit/log-key.ts';
import { checkLeaf } from './check-leaf.ts';
import { haltOf, LogHalted } from './halt.ts';
import type { Pins } from './pins.ts';
import { checkPins, readStoredTree } from './stored-tree.ts';
import {
  lockTree,
  noteKeys,
  takeWaiting,
  writeCheckpoint,
  writeLeaves,
  writeTiles,
} from './tree-store.ts';

/** What a pass has behind it; a test may stop the process there. */
export type Step =
  | 'locked'
  | 'tree_checked'
  | 'taken'
  | 'leaves_checked'
  | 'leaves_written'
  | 'tiles_written'
  | 'signed'
  | 'checkpoint_written'
  | 'committed'
  | 'pinned';

export interface PassDeps {
  /** Connected as `audit_sequencer`. */
  db: Db;
  origin: string;
  keys: () => LogKeys;
  pins: Pins;
  /** Most events of one pass. */
  batchSize: number;
  /** Called after each step. */
  step?: ((step: Step) => unknown) | undefined;
}

export interface Sequenced {
  /** The newest checkpoint. */
  head: TreeHead & { note: string };
  /** Events sequenced by this pass. */
  taken: number;
}

/**
 * Takes what waits in the outbox into the tree and signs it, all in one transaction.
 * @param trusted a tree this process has checked before; null: none yet
 * @returns null when another process is at it
 * @throws LogHalted when something contradicts: nothing was signed, and nothing must be
 */
export async function sequenceOnce(
  deps: PassDeps,
  trusted: TreeHead | null,
): Promise<Sequenced | null> {
  const keys = deps.keys();
  const pass = await deps.db
    .begin((tx) => growTree(tx, deps, keys, trusted))
    .catch((error) => {
      const halt = error instanceof TlogError ? new LogHalted(error.message) : haltOf(error);
      throw halt;
    });
  if (pass === null) return null;
  await deps.step?.('committed');
  await deps.pins.keep(pass.head);
  await deps.step?.('pinned');
  return pass;
}

async function growTree(
  tx: Transaction,
  { origin, pins, batchSize, step }: PassDeps,
  keys: LogKeys,
  trusted: TreeHead | null,
): Promise<Sequenced | null> {
  if (!(await lockTree(tx))) return null;
  await step?.('locked');
  const { head, frontier } = await readStoredTree(tx, origin, keys);
  if (!trusted || !head || !isSame(trusted, head)) {
    const seen = trusted ? [{ ...trusted, from: 'this process' }] : [];
    const before = { size: frontier.size, root: frontier.root() };
    await checkPins(tx, before, [...(await pins.read()), ...seen]);
  }
  await step?.('tree_checked');
  const waiting = await takeWaiting(tx, batchSize);
  await step?.('taken');
  if (head && waiting.length === 0) return { head, taken: 0 };
  const first = frontier.size;
  const leaves = waiting.map((each) => ({ event_id: each.event_id, leaf_hash: checkLeaf(each) }));
  await step?.('leaves_checked');
  const grown = growTiles(
    frontier,
    leaves.map(({ leaf_hash }) => leaf_hash),
  );
  if (leaves.length > 0) await writeLeaves(tx, first, leaves);
  await step?.('leaves_written');
  if (grown.length > 0) await writeTiles(tx, grown);
  await step?.('tiles_written');
  const next = { size: frontier.size, root: frontier.root() };
  const note = await signTree(origin, keys, next);
  await step?.('signed');
  if (!head || signersOf(head.note) !== signersOf(note)) await noteKeys(tx, keys.map(formatVkey));
  await writeCheckpoint(tx, { tree_size: next.size, root: Buffer.from(next.root), note });
  await step?.('checkpoint_written');
  return { head: { ...next, note }, taken: leaves.length };
}

function isSame(a: TreeHead, b: TreeHead): boolean {
  return a.size === b.size && Buffer.compare(a.root, b.root) === 0;
}

/** Signs with every key, and reads it back: a flipped bit must not get out. */
async function signTree(origin: string, keys: LogKeys, tree: TreeHead): Promise<string> {
  const text = formatCheckpoint({ origin, ...tree, extensions: [] });
  const signatures = keys.map(({ name, id, seed }) => ({
    name,
    id,
    signature: signEd25519(seed, toUtf8(text)),
  }));
  const note = formatNote(text, signatures);
  await openCheckpoint(note, { origin, logKeys: keys }, verifyEd25519);
  return note;
}

function signersOf(note: string): string {
  return parseNote(note)
    .signatures.map(({ name, id }) => `${name} ${id}`)
    .join();
}
