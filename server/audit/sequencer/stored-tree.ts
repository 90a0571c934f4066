import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import { openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { Frontier, loadFrontier } from '#app/domain/audit/tlog/frontier.ts';
import { HASH_SIZE } from '#app/domain/audit/tlog/merkle.ts';
import { type HashReader, rootFrom } from '#app/domain/audit/tlog/prove.ts';
import {
  readHashesFrom,
  TILE_WIDTH,
  type Tile,
  tileRowLength,
} from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Transaction } from '#db/client.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import type { LogKeys } from '#server/audit/log-key.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { LogHalted } from './halt.ts';
import type { Pin } from './pins.ts';
import { hasLeavesFrom, readNewestCheckpoint, readTiles, tileKey } from './tree-store.ts';

/** A signed tree as it is stored, ready to grow. */
export interface StoredTree {
  /** The newest checkpoint; null while there is none. */
  head: (TreeHead & { note: string }) | null;
  frontier: Frontier;
}

/**
 * Reads the tree's right edge and checks it against the newest checkpoint: signed by one of the
 * keys, the root that of the tiles, and nothing stored beyond it.
 * @throws LogHalted when it isn't so
 */
export async function readStoredTree(
  tx: Transaction,
  origin: string,
  keys: LogKeys,
): Promise<StoredTree> {
  const stored = await readNewestCheckpoint(tx);
  const size = stored?.tree_size ?? 0;
  if (await hasLeavesFrom(tx, size)) {
    throw new LogHalted(`leaves are stored beyond the newest checkpoint, of ${size} leaves`);
  }
  if (!stored) return { head: null, frontier: new Frontier(sha256) };
  const { root, note } = stored;
  const { checkpoint } = await openCheckpoint(note, { origin, logKeys: keys }, verifyEd25519);
  if (checkpoint.size !== size || !equalBytes(checkpoint.root, root)) {
    throw new LogHalted(`the checkpoint of ${size} leaves is stored beside another's note`);
  }
  const frontier = await loadFrontier(sha256, size, await readEdge(tx, size, true));
  if (!equalBytes(frontier.root(), root)) {
    throw new LogHalted(`the tiles do not lead to the root of the checkpoint of ${size} leaves`);
  }
  return { head: { size, root, note }, frontier };
}

/**
 * Checks that a tree begins with every tree that was seen.
 * @throws LogHalted naming where the one is written that it doesn't begin with
 */
export async function checkPins(
  tx: Transaction,
  { size, root }: TreeHead,
  pins: readonly Pin[],
): Promise<void> {
  for (const pin of pins) {
    if (pin.size > size) {
      throw new LogHalted(`the log has ${size} leaves, but ${pin.from} has seen ${pin.size}`);
    }
    const then =
      pin.size === size
        ? root
        : await rootFrom(sha256, await readEdge(tx, pin.size, false), pin.size);
    if (!equalBytes(then, pin.root)) {
      throw new LogHalted(`the log's first ${pin.size} leaves are not those ${pin.from} has seen`);
    }
  }
}

/** A reader of the complete subtrees that a tree of this size is made of. */
async function readEdge(tx: Transaction, size: number, newest: boolean): Promise<HashReader> {
  const edge = edgeOf(size);
  const stored = await readTiles(tx, edge);
  for (const { level, index, width } of edge) {
    const length = stored.get(tileKey({ level, index }))?.length ?? 0;
    if (newest ? length !== width * HASH_SIZE : length < width * HASH_SIZE) {
      throw new LogHalted(
        `tile ${index} of level ${level} has ${length / HASH_SIZE} hashes, not ${width}`,
      );
    }
  }
  return readHashesFrom(sha256, size, (tile) => {
    const hashes = stored.get(tileKey(tile));
    if (!hashes) throw new TlogError('incomplete', 'a tile is not at the edge');
    return hashes;
  });
}

/** The tiles of a tree of this size that aren't full. */
function edgeOf(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; tileRowLength(level, size) > 0; level++) {
    const row = tileRowLength(level, size);
    const width = row % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(row / TILE_WIDTH), width });
  }
  return tiles;
}
