import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import { Frontier } from '#app/domain/audit/tlog/frontier.ts';
import { sha256 } from '#server/audit/sha256.ts';
import type { Findings } from './findings.ts';

/** A root that the tree must have at a size. */
export interface Expected extends TreeHead {
  /** Who says so: `the checkpoint of 5 leaves`, `the pin in pins.txt`. */
  says: string;
}

/** Where a leaf is that a wrong root is blamed on. */
interface Leaf {
  index: number;
  event: string;
}

const nameOf = ({ index, event }: Leaf) => `leaf ${index} (event ${event})`;

/**
 * Grows a tree leaf by leaf and compares its root with every one that is expected. The first that
 * differs is reported with the leaves among which the fault must be; those after it follow from it.
 */
export class TreeWalk {
  readonly #frontier = new Frontier(sha256);
  readonly #findings: Findings;
  readonly #expected: Expected[] = [];
  #next = 0;
  #held = 0;
  #first: Leaf | null = null;
  #broken = false;
  #compared = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Leaves so far. */
  get size(): number {
    return this.#frontier.size;
  }

  /** Roots that were compared. */
  get compared(): number {
    return this.#compared;
  }

  root(): Uint8Array {
    return this.#frontier.root();
  }

  /** Adds roots to compare, none below the size reached so far. */
  expect(roots: readonly Expected[]): void {
    this.#expected.splice(0, this.#next);
    this.#next = 0;
    this.#expected.push(...roots);
    this.#expected.sort((a, b) => a.size - b.size);
    this.#compare(null);
  }

  /**
   * Adds a leaf.
   * @param event its UUID
   * @param onNode told of every node this completes, the leaf included (level 0)
   */
  append(
    leafHash: Uint8Array,
    event: string,
    onNode?: (level: number, index: number, hash: Uint8Array) => void,
  ): void {
    this.#first ??= { index: this.size, event };
    this.#frontier.append(leafHash, onNode);
    if (this.#expected[this.#next]?.size === this.size) this.#compare(event);
  }

  /** Reports what is expected of a larger tree than there is. */
  end(): void {
    for (const { size, says } of this.#expected.slice(this.#next)) {
      this.#findings.add(
        'tampered',
        `the log has ${this.size} leaves, but ${says} has ${size}: it was rolled back`,
      );
    }
    this.#next = this.#expected.length;
  }

  #compare(event: string | null): void {
    let root: Uint8Array | undefined;
    for (;;) {
      const expected = this.#expected[this.#next];
      if (expected?.size !== this.size) return;
      this.#next += 1;
      this.#compared += 1;
      root ??= this.root();
      if (equalBytes(root, expected.root)) {
        this.#held = this.size;
        this.#first = null;
      } else {
        this.#blame(expected, event);
      }
    }
  }

  #blame({ says }: Expected, event: string | null): void {
    // Once leaves have changed, no later root can hold.
    if (this.#broken) return;
    this.#broken = true;
    const from = this.#first;
    const to = event === null ? from : { index: this.size - 1, event };
    const where =
      from === null || to === null
        ? `its first ${this.size} leaves`
        : from.index === to.index
          ? nameOf(from)
          : `${nameOf(from)} to ${nameOf(to)}`;
    const sound = this.#held === 0 ? '' : `; the first ${this.#held} are as signed`;
    this.#findings.add(
      'tampered',
      `the root of the first ${this.size} leaves is not the one that ${says} has: changed, removed or put in was ${where}${sound}`,
      from === null ? {} : { event: from.event, index: from.index },
    );
  }
}
