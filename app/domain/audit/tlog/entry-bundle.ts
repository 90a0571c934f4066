import { TILE_WIDTH } from './tile.ts';
import { TlogError } from './tlog-error.ts';

// c2sp.org/tlog-tiles: each entry after its length in two bytes, big-endian.

/** Most bytes of one entry. */
export const MAX_ENTRY_SIZE = 65_535;

/**
 * A bundle of up to 256 entries.
 * @throws {TlogError} unreadable when an entry is too long
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > TILE_WIDTH) {
    throw new RangeError(`a bundle has at most ${TILE_WIDTH} entries, not ${entries.length}`);
  }
  let length = 0;
  for (const [i, entry] of entries.entries()) {
    if (entry.length > MAX_ENTRY_SIZE) {
      throw new TlogError(
        'unreadable',
        `entry ${i} of the bundle has ${entry.length} bytes; the most is ${MAX_ENTRY_SIZE}`,
      );
    }
    length += 2 + entry.length;
  }
  const bundle = new Uint8Array(length);
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/**
 * The first `width` entries of a bundle (1..256), as views of it. What a larger tree has added after
 * them is read, and left out.
 * @throws {TlogError} incomplete when the bundle is cut off or has fewer entries; unreadable when it
 * has more than 256
 */
export function parseEntryBundle(bundle: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (entries.length === TILE_WIDTH) {
      const left = bundle.length - at;
      throw new TlogError('unreadable', `the bundle has ${left} bytes after ${TILE_WIDTH} entries`);
    }
    const start = at + 2;
    const length = ((bundle[at] as number) << 8) | (bundle[at + 1] ?? 0);
    if (start > bundle.length || start + length > bundle.length) {
      throw new TlogError('incomplete', `the bundle ends within its entry ${entries.length}`);
    }
    entries.push(bundle.subarray(start, start + length));
    at = start + length;
  }
  if (entries.length < width) {
    throw new TlogError(
      'incomplete',
      `the bundle has ${entries.length} entries, but the tree has ${width} there`,
    );
  }
  return entries.slice(0, width);
}
