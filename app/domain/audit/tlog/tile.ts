import { concatBytes } from './bytes.ts';
import type { Frontier } from './frontier.ts';
import { HASH_SIZE, hashNode } from './merkle.ts';
import type { HashReader } from './prove.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

// c2sp.org/tlog-tiles: hash i of tile n at level l is that of the complete subtree n * 256 + i at
// height 8 * l of the tree.

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;
/** Levels of the tree from one tile level to the next. */
export const TILE_HEIGHT = 8;

/** A tile by its level (0..63), its index within the level, and its width in hashes (1..256). */
export interface Tile {
  level: number;
  index: number;
  width: number;
}

/** Bytes of a tile: at least `width` hashes; what a larger tree has added after them is ignored. */
export type TileReader = (tile: Tile) => Uint8Array | Promise<Uint8Array>;

/** How many hashes a tree of this size has at a tile level. */
export function tileRowLength(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The tile at this place as it is in a tree of this size; null when it would be empty. */
export function tileAt(level: number, index: number, size: number): Tile | null {
  const width = Math.min(tileRowLength(level, size) - index * TILE_WIDTH, TILE_WIDTH);
  return width > 0 ? { level, index, width } : null;
}

/**
 * The tiles that a tree of `to` entries has and one of `from` has not, or narrower; from level 0
 * up, each level from left to right. Level 0 also names the entry bundles.
 */
export function* grownTiles(from: number, to: number): Generator<Tile> {
  for (let level = 0; tileRowLength(level, to) > 0; level++) {
    const old = tileRowLength(level, from);
    if (old === tileRowLength(level, to)) continue;
    for (let index = Math.floor(old / TILE_WIDTH); ; index++) {
      const tile = tileAt(level, index, to);
      if (tile === null) break;
      yield tile;
    }
  }
}

/** All tiles of a tree of this size. */
export function tilesOf(size: number): Generator<Tile> {
  return grownTiles(0, size);
}

/** What to add to one tile: hashes, 32 bytes each, from place `start` (0..255) on. */
export interface TileGrowth {
  level: number;
  index: number;
  start: number;
  hashes: Uint8Array;
}

/**
 * Appends entries by their leaf hashes and answers what that adds to each tile, from level 0 up,
 * each level from left to right. The frontier is moved on.
 */
export function growTiles(frontier: Frontier, leafHashes: Iterable<Uint8Array>): TileGrowth[] {
  const rows: { level: number; index: number; start: number; parts: Uint8Array[] }[][] = [];
  for (const leafHash of leafHashes) {
    frontier.append(leafHash, (height, place, node) => {
      if (height % TILE_HEIGHT !== 0) return;
      const level = height / TILE_HEIGHT;
      const index = Math.floor(place / TILE_WIDTH);
      rows[level] ??= [];
      let tile = rows[level].at(-1);
      if (tile?.index !== index) {
        tile = { level, index, start: place % TILE_WIDTH, parts: [] };
        rows[level].push(tile);
      }
      tile.parts.push(node);
    });
  }
  return rows.flat().map(({ parts, ...tile }) => ({ ...tile, hashes: concatBytes(...parts) }));
}

function checkTileBytes(bytes: Uint8Array, { level, index, width }: Tile) {
  const name = `tile ${index} of level ${level}`;
  if (bytes.length % HASH_SIZE !== 0 || bytes.length > TILE_WIDTH * HASH_SIZE) {
    throw new TlogError('unreadable', `${name} has ${bytes.length} bytes, not 1 to 256 hashes`);
  }
  if (bytes.length < width * HASH_SIZE) {
    const count = bytes.length / HASH_SIZE;
    throw new TlogError('incomplete', `${name} has ${count} hashes, but the tree has ${width}`);
  }
}

/**
 * Reads hashes of a tree of this size from its tiles, each tile once for as long as the reader
 * lives. The tiles are believed: check what is made of the hashes against a signed root.
 * The reader throws {TlogError} incomplete or unreadable for tiles too short or of another form.
 */
export function readHashesFrom(hash: Sha256, size: number, readTile: TileReader): HashReader {
  const tiles = new Map<string, Promise<Uint8Array>>();

  async function fetch(tile: Tile): Promise<Uint8Array> {
    const bytes = await readTile(tile);
    checkTileBytes(bytes, tile);
    return bytes;
  }

  return async (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const count = 2 ** (level % TILE_HEIGHT);
    const tile = tileAt(tileLevel, Math.floor((index * count) / TILE_WIDTH), size);
    const start = (index * count) % TILE_WIDTH;
    if (tile === null || tile.width < start + count) {
      throw new RangeError(`a tree of ${size} entries has no node ${index} at level ${level}`);
    }
    const key = `${tile.level}/${tile.index}`;
    const read = tiles.get(key) ?? fetch(tile);
    tiles.set(key, read);
    const bytes = await read;

    let row: Uint8Array[] = Array.from({ length: count }, (_, i) =>
      bytes.slice((start + i) * HASH_SIZE, (start + i + 1) * HASH_SIZE),
    );
    while (row.length > 1) {
      row = Array.from({ length: row.length / 2 }, (_, i) =>
        hashNode(hash, row[2 * i] as Uint8Array, row[2 * i + 1] as Uint8Array),
      );
    }
    return row[0] as Uint8Array;
  };
}
