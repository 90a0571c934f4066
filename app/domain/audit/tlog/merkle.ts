import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

// RFC 6962, section 2.1: a leaf's hash is H(0x00 ‖ data), a node's H(0x01 ‖ left ‖ right), an empty
// tree's H(). Sizes and indexes go up to 2^53 - 1, so none is shifted: JavaScript shifts 32 bits.

/** Length of a hash in bytes. */
export const HASH_SIZE = 32;

const pair = new Uint8Array(1 + 2 * HASH_SIZE);
pair[0] = 1;

/** Hash of one entry of the log. */
export function hashLeaf(hash: Sha256, data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input.set(data, 1);
  return hash(input);
}

/**
 * Refuses what is no hash, since it may come from a database or a file.
 * @throws {TlogError} unreadable
 */
export function checkIsHash(bytes: Uint8Array): void {
  if (bytes.length !== HASH_SIZE) {
    throw new TlogError('unreadable', `a hash has ${bytes.length} bytes, not ${HASH_SIZE}`);
  }
}

/**
 * Hash of a node from those of its two children.
 * @throws {TlogError} unreadable when these are not of 32 bytes
 */
export function hashNode(hash: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  checkIsHash(left);
  checkIsHash(right);
  pair.set(left, 1);
  pair.set(right, 1 + HASH_SIZE);
  return hash(pair);
}

/** Root of the tree without entries. */
export function emptyRoot(hash: Sha256): Uint8Array {
  return hash(new Uint8Array(0));
}

/** How many binary digits a count of 0..2^53 - 1 has; 0 has none. */
export function bitLength(count: number): number {
  const high = Math.floor(count / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(count);
}

/** How many entries the left half of a tree of two or more holds: the greatest 2^n below size. */
export function splitOf(size: number): number {
  return 2 ** (bitLength(size - 1) - 1);
}

/** A complete subtree: it holds the entries [index * 2^level, (index + 1) * 2^level). */
export interface NodePlace {
  level: number;
  index: number;
}

/** The complete subtrees a tree of this size is made of, from left to right. */
export function peaksOf(size: number): NodePlace[] {
  const peaks: NodePlace[] = [];
  for (let level = bitLength(size) - 1; level >= 0; level--) {
    const count = Math.floor(size / 2 ** level);
    if (count % 2 === 1) peaks.push({ level, index: count - 1 });
  }
  return peaks;
}
