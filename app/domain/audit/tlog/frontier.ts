import { checkIsHash, emptyRoot, hashNode, peaksOf } from './merkle.ts';
import type { HashReader } from './prove.ts';
import type { Sha256 } from './sha256.ts';

/** Told of every node as it becomes complete, leaves included (level 0). */
export type NodeSink = (level: number, index: number, hash: Uint8Array) => void;

/**
 * A growing tree of which only the right edge is kept: the roots of the complete subtrees it is
 * made of (RFC 6962, section 2.1), at most 53 hashes.
 */
export class Frontier {
  readonly #hash: Sha256;
  readonly #peaks: Uint8Array[];
  #size: number;

  /**
   * @param size entries in the tree so far
   * @param peaks hashes of peaksOf(size), in its order
   */
  constructor(hash: Sha256, size = 0, peaks: readonly Uint8Array[] = []) {
    if (peaks.length !== peaksOf(size).length) {
      throw new RangeError(`a tree of ${size} entries does not have ${peaks.length} peaks`);
    }
    this.#hash = hash;
    this.#size = size;
    this.#peaks = [...peaks];
  }

  /** Entries in the tree. */
  get size(): number {
    return this.#size;
  }

  /** Hashes of peaksOf(size), in its order. */
  get peaks(): readonly Uint8Array[] {
    return this.#peaks;
  }

  /**
   * Adds one entry by its leaf hash.
   * @throws {TlogError} unreadable when that has not 32 bytes
   */
  append(leafHash: Uint8Array, onNode?: NodeSink): void {
    checkIsHash(leafHash);
    let node = leafHash;
    let level = 0;
    let index = this.#size;
    onNode?.(level, index, node);
    while (index % 2 === 1) {
      node = hashNode(this.#hash, this.#peaks.pop() as Uint8Array, node);
      level += 1;
      index = (index - 1) / 2;
      onNode?.(level, index, node);
    }
    this.#peaks.push(node);
    this.#size += 1;
  }

  /** Root of the tree as it stands. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (let i = this.#peaks.length - 1; i >= 0; i--) {
      const peak = this.#peaks[i] as Uint8Array;
      root = root === undefined ? peak : hashNode(this.#hash, peak, root);
    }
    return root ?? emptyRoot(this.#hash);
  }

  /** Another frontier that grows on its own. */
  copy(): Frontier {
    return new Frontier(this.#hash, this.#size, this.#peaks);
  }
}

/** Takes up a tree of a known size where its stored hashes left it. */
export async function loadFrontier(
  hash: Sha256,
  size: number,
  read: HashReader,
): Promise<Frontier> {
  const peaks = await Promise.all(peaksOf(size).map(({ level, index }) => read(level, index)));
  return new Frontier(hash, size, peaks);
}

/** Root of the tree with these leaf hashes. */
export function rootOf(hash: Sha256, leafHashes: Iterable<Uint8Array>): Uint8Array {
  const frontier = new Frontier(hash);
  for (const leafHash of leafHashes) frontier.append(leafHash);
  return frontier.root();
}
