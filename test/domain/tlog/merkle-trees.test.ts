import { RFC9162 } from '@transmute/rfc9162';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkConsistency,
  checkInclusion,
  consistencyProofLength,
  inclusionProofLength,
} from '#app/domain/audit/tlog/check-proof.ts';
import { toHex, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { Frontier, loadFrontier } from '#app/domain/audit/tlog/frontier.ts';
import { emptyRoot, hashLeaf, hashNode, peaksOf } from '#app/domain/audit/tlog/merkle.ts';
import {
  type HashReader,
  proveConsistency,
  proveInclusion,
  rootFrom,
} from '#app/domain/audit/tlog/prove.ts';
import { naivePath, naiveProof, naiveRoot, nodeSha256 } from '#test/support/naive-tree.ts';
import { recordTree } from '#test/support/record-tree.ts';

const hexes = (hashes: Uint8Array[]) => hashes.map(toHex);
const entriesOf = (count: number) => Array.from({ length: count }, (_, i) => toUtf8(`entry ${i}`));

describe('every tree of up to 70 entries', () => {
  const entries = entriesOf(70);
  const leaves = entries.map((entry) => hashLeaf(nodeSha256, entry));
  const { read } = recordTree(entries);
  const roots = Array.from({ length: 71 }, (_, size) => naiveRoot(entries.slice(0, size)));
  const head = (size: number) => ({ size, root: roots[size]! });

  it('has the naive root, grown, read and loaded half-way', async () => {
    const grown = new Frontier(nodeSha256);
    for (let size = 0; size <= 70; size++) {
      expect(toHex(grown.root())).toBe(toHex(roots[size]!));
      expect(toHex(await rootFrom(nodeSha256, read, size))).toBe(toHex(roots[size]!));
      const loaded = await loadFrontier(nodeSha256, size, read);
      expect(hexes([...loaded.peaks])).toEqual(hexes([...grown.peaks]));
      for (const leaf of leaves.slice(size)) loaded.append(leaf);
      expect(toHex(loaded.root())).toBe(toHex(roots[70]!));
      if (size < 70) grown.append(leaves[size]!);
    }
  });

  it('has the naive inclusion proofs, and they hold for their entry only', async () => {
    for (let size = 1; size <= 70; size++) {
      for (let index = 0; index < size; index++) {
        const proof = await proveInclusion(nodeSha256, read, index, size);
        expect(hexes(proof)).toEqual(hexes(naivePath(index, entries.slice(0, size))));
        expect(inclusionProofLength(index, size)).toBe(proof.length);
        checkInclusion(nodeSha256, leaves[index]!, index, proof, head(size));
        const other = (index + 1) % size;
        if (other === index) continue;
        expect(() =>
          checkInclusion(nodeSha256, leaves[other]!, index, proof, head(size)),
        ).toThrow();
        expect(() =>
          checkInclusion(nodeSha256, leaves[index]!, other, proof, head(size)),
        ).toThrow();
      }
    }
  });

  it('has the naive consistency proofs with every smaller one, and they hold for these only', async () => {
    for (let newer = 1; newer <= 70; newer++) {
      for (let older = 1; older <= newer; older++) {
        const proof = await proveConsistency(nodeSha256, read, older, newer);
        expect(hexes(proof)).toEqual(hexes(naiveProof(older, entries.slice(0, newer))));
        expect(consistencyProofLength(older, newer)).toBe(proof.length);
        checkConsistency(nodeSha256, head(older), head(newer), proof);
        const fork = { size: older, root: roots[older - 1]! };
        expect(() => checkConsistency(nodeSha256, fork, head(newer), proof)).toThrow(
          expect.objectContaining({ kind: 'tampered' }),
        );
      }
      expect(await proveConsistency(nodeSha256, read, 0, newer)).toEqual([]);
      checkConsistency(nodeSha256, head(0), head(newer), []);
    }
  });

  it('refuses a proof with any one bit changed, a hash missing, doubled, or two in another order', async () => {
    for (const [older, newer] of [
      [13, 70],
      [8, 21],
      [35, 36],
      [64, 70],
    ] as const) {
      const inclusion = await proveInclusion(nodeSha256, read, older, newer);
      const consistency = await proveConsistency(nodeSha256, read, older, newer);
      const checks = [
        [
          inclusion,
          (proof: Uint8Array[]) =>
            checkInclusion(nodeSha256, leaves[older]!, older, proof, head(newer)),
        ],
        [
          consistency,
          (proof: Uint8Array[]) => checkConsistency(nodeSha256, head(older), head(newer), proof),
        ],
      ] as const;
      for (const [proof, check] of checks) {
        check(proof);
        for (let bit = 0; bit < proof.length * 256; bit++) {
          const [at, byte] = [bit >> 8, (bit & 255) >> 3];
          const hash = proof[at]!;
          const mutant = proof.with(at, hash.with(byte, hash[byte]! ^ (1 << (bit & 7))));
          expect(() => check(mutant)).toThrow(expect.objectContaining({ kind: 'tampered' }));
        }
        for (let at = 0; at < proof.length; at++) {
          expect(() => check(proof.toSpliced(at, 1))).toThrow(
            expect.objectContaining({ kind: 'incomplete' }),
          );
          expect(() => check(proof.toSpliced(at, 0, proof[at]!))).toThrow(
            expect.objectContaining({ kind: 'unreadable' }),
          );
          if (at === 0) continue;
          const reordered = proof.with(at, proof[at - 1]!).with(at - 1, proof[at]!);
          expect(() => check(reordered)).toThrow(expect.objectContaining({ kind: 'tampered' }));
        }
      }
    }
  });

  it('refuses what cannot be', () => {
    const empty = { size: 0, root: emptyRoot(nodeSha256) };
    const check =
      (older: typeof empty, newer: typeof empty, proof: Uint8Array[] = []) =>
      () =>
        checkConsistency(nodeSha256, older, newer, proof);
    expect(check(head(9), head(5))).toThrow('the log shrank from 9 to 5 entries');
    expect(check(head(5), { size: 5, root: roots[6]! })).toThrow(
      'two different trees of 5 entries',
    );
    expect(check(head(5), head(5), [leaves[0]!])).toThrow('takes 0 hashes, but this proof has 1');
    expect(check(empty, head(5), [leaves[0]!])).toThrow('takes 0 hashes, but this proof has 1');
    expect(check({ size: 0, root: roots[5]! }, head(5))).toThrow('another root than the empty one');
    expect(check(empty, { size: 0, root: roots[5]! })).toThrow('another root than the empty one');
    expect(check(empty, empty)).not.toThrow();
    expect(() => checkInclusion(nodeSha256, leaves[5]!, 5, [], head(5))).toThrow(
      'a tree of 5 entries has no entry 5',
    );
    expect(() => checkInclusion(nodeSha256, leaves[0]!, 0, [], empty)).toThrow('has no entry 0');
  });

  it('refuses numbers that count nothing and hashes of another length', async () => {
    const proof = await proveInclusion(nodeSha256, read, 3, 5);
    const check = (index: number, size: number, hashes = proof, leaf = leaves[3]!) =>
      checkInclusion(nodeSha256, leaf, index, hashes, { size, root: roots[5]! });
    check(3, 5);
    for (const bad of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => check(bad, 5)).toThrow("the entry's index is not a number from 0 to 2^53 - 1");
      expect(() => check(3, bad)).toThrow("the tree's size is not a number from 0 to 2^53 - 1");
      const odd = { size: bad, root: roots[5]! };
      expect(() => checkConsistency(nodeSha256, odd, head(9), [])).toThrow("the older tree's size");
      expect(() => checkConsistency(nodeSha256, head(5), odd, [])).toThrow("the newer tree's size");
    }
    for (const length of [0, 31, 33]) {
      const short = new Uint8Array(length);
      const message = `a hash has ${length} bytes, not 32`;
      expect(() => check(3, 5, proof.with(1, short))).toThrow(message);
      expect(() => check(3, 5, proof, short)).toThrow(message);
      expect(() => new Frontier(nodeSha256).append(short)).toThrow(message);
    }
  });

  it('cannot be proven beyond its end', async () => {
    await expect(proveInclusion(nodeSha256, read, 7, 7)).rejects.toThrow('has no entry 7');
    await expect(proveConsistency(nodeSha256, read, 8, 7)).rejects.toThrow('holds none of 8');
  });
});

describe('another author’s implementation', () => {
  it('finds the same roots and proofs', async () => {
    const size = fc.integer({ min: 2, max: 40 });
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), async (count, a, b) => {
        const entries = entriesOf(count);
        // RFC 6962 speaks of older sizes below the newer only.
        const [index, older] = [a % count, 1 + (b % (count - 1))];
        const { read, frontier } = recordTree(entries);
        expect(toHex(frontier.root())).toBe(toHex(await RFC9162.MTH(entries)));
        expect(hexes(await proveInclusion(nodeSha256, read, index, count))).toEqual(
          hexes(await RFC9162.PATH(index, entries)),
        );
        // Its proofs begin with the older root also where RFC 6962 leaves it out: at powers of two.
        const theirs = hexes(await RFC9162.PROOF(older, entries));
        if (Number.isInteger(Math.log2(older))) {
          expect(theirs.shift()).toBe(toHex(await RFC9162.MTH(entries.slice(0, older))));
        }
        expect(hexes(await proveConsistency(nodeSha256, read, older, count))).toEqual(theirs);
      }),
      { numRuns: 60 },
    );
  });
});

describe('larger trees', () => {
  it('have the naive proofs', async () => {
    const entries = entriesOf(3_000);
    const { read } = recordTree(entries);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 71, max: 3_000 }), fc.nat(), async (size, n) => {
        const some = entries.slice(0, size);
        const index = n % size;
        const tree = { size, root: naiveRoot(some) };
        const proof = await proveInclusion(nodeSha256, read, index, size);
        expect(hexes(proof)).toEqual(hexes(naivePath(index, some)));
        checkInclusion(nodeSha256, hashLeaf(nodeSha256, entries[index]!), index, proof, tree);
        const older = { size: index + 1, root: naiveRoot(entries.slice(0, index + 1)) };
        const link = await proveConsistency(nodeSha256, read, index + 1, size);
        expect(hexes(link)).toEqual(hexes(naiveProof(index + 1, some)));
        checkConsistency(nodeSha256, older, tree, link);
      }),
      { numRuns: 20 },
    );
  });

  it('prove and check up to 2^53 - 1 entries', async () => {
    // Of equal entries, so that a node's hash is that of its level.
    const levels = [hashLeaf(nodeSha256, toUtf8('the same'))];
    for (let i = 0; i < 53; i++) levels.push(hashNode(nodeSha256, levels[i]!, levels[i]!));
    const read: HashReader = (level) => levels[level]!;
    const edge = fc
      .tuple(fc.integer({ min: 0, max: 53 }), fc.integer({ min: -2, max: 2 }))
      .map(([power, off]) => Math.min(Math.max(2 ** power + off, 1), Number.MAX_SAFE_INTEGER));
    const size = fc.oneof(
      edge,
      fc.maxSafeNat().map((n) => Math.max(n, 1)),
    );
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const tree = { size: more, root: await rootFrom(nodeSha256, read, more) };
        const older = { size: less, root: await rootFrom(nodeSha256, read, less) };
        const frontier = await loadFrontier(nodeSha256, more, read);
        expect(toHex(frontier.root())).toBe(toHex(tree.root));
        const proof = await proveInclusion(nodeSha256, read, less - 1, more);
        checkInclusion(nodeSha256, levels[0]!, less - 1, proof, tree);
        const link = await proveConsistency(nodeSha256, read, less, more);
        checkConsistency(nodeSha256, older, tree, link);
        for (const { level, index } of peaksOf(more)) {
          expect((index + 1) * 2 ** level).toBeLessThanOrEqual(more);
        }
      }),
      { numRuns: 200 },
    );
  });
});
