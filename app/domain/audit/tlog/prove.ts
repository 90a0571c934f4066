import { bitLength, emptyRoot, hashNode, splitOf } from './merkle.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

/**
 * Hash of the complete subtree over the entries [index * 2^level, (index + 1) * 2^level).
 * Never asked for one that the tree in question does not hold whole.
 */
export type HashReader = (level: number, index: number) => Uint8Array | Promise<Uint8Array>;

type Range = readonly [from: number, to: number];

// A range of a tree is complete, or its left part is: so it comes from complete subtrees alone.
async function hashRange(hash: Sha256, read: HashReader, [from, to]: Range): Promise<Uint8Array> {
  const count = to - from;
  const level = bitLength(count) - 1;
  if (2 ** level === count) return read(level, from / count);
  const middle = from + splitOf(count);
  const [left, right] = await Promise.all([
    hashRange(hash, read, [from, middle]),
    hashRange(hash, read, [middle, to]),
  ]);
  return hashNode(hash, left, right);
}

/** Root of the tree of the first `size` entries. */
export async function rootFrom(hash: Sha256, read: HashReader, size: number): Promise<Uint8Array> {
  return size === 0 ? emptyRoot(hash) : hashRange(hash, read, [0, size]);
}

/**
 * Proof that entry `index` is in the tree of the first `size` entries: PATH of RFC 6962, section
 * 2.1.1, from the leaf's sibling up.
 * @throws {TlogError} incomplete when the tree does not reach the entry
 */
export async function proveInclusion(
  hash: Sha256,
  read: HashReader,
  index: number,
  size: number,
): Promise<Uint8Array[]> {
  if (!(index >= 0 && index < size)) {
    throw new TlogError('incomplete', `a tree of ${size} entries has no entry ${index}`);
  }
  const siblings: Range[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      siblings.push([middle, to]);
      to = middle;
    } else {
      siblings.push([from, middle]);
      from = middle;
    }
  }
  return Promise.all(siblings.reverse().map((range) => hashRange(hash, read, range)));
}

/**
 * Proof that the tree of the first `newSize` entries begins with that of the first `oldSize`: PROOF
 * of RFC 6962, section 2.1.2. Empty for an old size of 0 and for equal sizes.
 * @throws {TlogError} incomplete when the new tree is smaller
 */
export async function proveConsistency(
  hash: Sha256,
  read: HashReader,
  oldSize: number,
  newSize: number,
): Promise<Uint8Array[]> {
  if (!(oldSize >= 0 && oldSize <= newSize)) {
    throw new TlogError('incomplete', `a tree of ${newSize} entries holds none of ${oldSize}`);
  }
  if (oldSize === 0) return [];
  const parts: Range[] = [];
  let from = 0;
  let to = newSize;
  while (to !== oldSize) {
    const middle = from + splitOf(to - from);
    if (oldSize <= middle) {
      parts.push([middle, to]);
      to = middle;
    } else {
      parts.push([from, middle]);
      from = middle;
    }
  }
  // The verifier has the old root itself, which this would be when nothing was split off its left.
  if (from > 0) parts.push([from, to]);
  return Promise.all(parts.reverse().map((range) => hashRange(hash, read, range)));
}
