import { equalBytes } from './bytes.ts';
import { bitLength, emptyRoot, hashNode, peaksOf } from './merkle.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

/** A tree by its size in entries and its root. */
export interface TreeHead {
  size: number;
  root: Uint8Array;
}

const half = (n: number) => Math.floor(n / 2);
const isOdd = (n: number) => n % 2 === 1;

function checkCount(count: number, what: string) {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new TlogError('unreadable', `${what} is not a number from 0 to 2^53 - 1`);
  }
}

function checkLength(proof: readonly Uint8Array[], wanted: number, what: string) {
  if (proof.length !== wanted) {
    throw new TlogError(
      proof.length < wanted ? 'incomplete' : 'unreadable',
      `${what} takes ${wanted} hashes, but this proof has ${proof.length}`,
    );
  }
}

/** How many hashes prove entry `index` of a tree of `size` entries. */
export function inclusionProofLength(index: number, size: number): number {
  // Below the split from the last entry's path, every level; above it, where that path turns right.
  let inner = 0;
  let [node, last] = [index, size - 1];
  while (node !== last) {
    inner += 1;
    node = half(node);
    last = half(last);
  }
  return inner + peaksOf(node).length;
}

/**
 * Checks that the entry with this leaf hash is entry `index` of the tree, as RFC 9162, section
 * 2.1.3.2, does for the proofs of RFC 6962, section 2.1.1.
 * @throws {TlogError} tampered when the proof leads to another root, incomplete or unreadable when
 * it has fewer or more hashes than one of this entry
 */
export function checkInclusion(
  hash: Sha256,
  leafHash: Uint8Array,
  index: number,
  proof: readonly Uint8Array[],
  tree: TreeHead,
): void {
  const { size, root } = tree;
  checkCount(index, "the entry's index");
  checkCount(size, "the tree's size");
  if (index >= size) {
    throw new TlogError('unreadable', `a tree of ${size} entries has no entry ${index}`);
  }
  checkLength(proof, inclusionProofLength(index, size), `proving entry ${index} of ${size}`);
  let node = index;
  let last = size - 1;
  let reached = leafHash;
  for (const sibling of proof) {
    if (isOdd(node) || node === last) {
      reached = hashNode(hash, sibling, reached);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      reached = hashNode(hash, reached, sibling);
    }
    node = half(node);
    last = half(last);
  }
  if (!equalBytes(reached, root)) {
    throw new TlogError(
      'tampered',
      `the proof does not lead from entry ${index} to the root of the tree of ${size} entries`,
    );
  }
}

/** How many hashes prove that a tree of `newSize` entries begins with one of `oldSize`. */
export function consistencyProofLength(oldSize: number, newSize: number): number {
  if (oldSize === 0 || oldSize === newSize) return 0;
  const { level } = peaksOf(oldSize).at(-1) as { level: number };
  const start = inclusionProofLength(oldSize - 1, newSize) - level;
  return 2 ** (bitLength(oldSize) - 1) === oldSize ? start : start + 1;
}

/**
 * Checks that the newer tree begins with the older, as RFC 9162, section 2.1.4.2, does for the
 * proofs of RFC 6962, section 2.1.2. From an old size of 0 and between equal sizes the proof is
 * empty.
 * @throws {TlogError} tampered when the trees differ in the older one's entries or the log shrank;
 * incomplete or unreadable when the proof has too few or too many hashes
 */
export function checkConsistency(
  hash: Sha256,
  older: TreeHead,
  newer: TreeHead,
  proof: readonly Uint8Array[],
): void {
  checkCount(older.size, "the older tree's size");
  checkCount(newer.size, "the newer tree's size");
  if (older.size > newer.size) {
    throw new TlogError('tampered', `the log shrank from ${older.size} to ${newer.size} entries`);
  }
  const what = `proving that ${newer.size} entries begin with the first ${older.size}`;
  checkLength(proof, consistencyProofLength(older.size, newer.size), what);
  for (const { size, root } of [older, newer]) {
    if (size === 0 && !equalBytes(root, emptyRoot(hash))) {
      throw new TlogError('tampered', 'a tree without entries has another root than the empty one');
    }
  }
  if (older.size === 0) return;
  if (older.size === newer.size) {
    if (equalBytes(older.root, newer.root)) return;
    throw new TlogError('tampered', `there are two different trees of ${older.size} entries`);
  }

  let node = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  const [first, ...rest] = node === 0 ? [older.root, ...proof] : proof;
  let oldReached = first as Uint8Array;
  let newReached = oldReached;
  for (const part of rest) {
    if (isOdd(node) || node === last) {
      oldReached = hashNode(hash, part, oldReached);
      newReached = hashNode(hash, part, newReached);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      newReached = hashNode(hash, newReached, part);
    }
    node = half(node);
    last = half(last);
  }
  const fault = !equalBytes(oldReached, older.root)
    ? `the proof does not lead to the root of the first ${older.size} entries`
    : !equalBytes(newReached, newer.root)
      ? `the tree of ${newer.size} entries does not begin with the first ${older.size} as they were`
      : null;
  if (fault !== null) throw new TlogError('tampered', fault);
}
