import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { fromUtf8, toBase64, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import {
  checkTlogProof,
  formatTlogProof,
  parseTlogProof,
} from '#app/domain/audit/tlog/proof-file.ts';
import { verifyEd25519 } from '#test/support/log-keys.ts';
import { naivePath, naiveRoot, nodeSha256 } from '#test/support/naive-tree.ts';
import {
  checkpoint,
  entries,
  log,
  note,
  ORIGIN,
  resign,
  trust,
} from '#test/support/signed-checkpoint.ts';

describe('a proof', () => {
  const index = 13;
  const leaf = hashLeaf(nodeSha256, entries[index]!);
  const proof = {
    extra: entries[index]!,
    index,
    hashes: naivePath(index, entries),
    checkpoint: note,
  };
  const file = formatTlogProof(proof);
  const check = (bad: string, leafHash = leaf, some = trust) =>
    checkTlogProof(nodeSha256, parseTlogProof(bad), leafHash, some, verifyEd25519);

  const plain = formatTlogProof({ ...proof, extra: null });

  it('has the lines of c2sp.org/tlog-proof', async () => {
    expect(file).toBe(
      `c2sp.org/tlog-proof@v1\nextra ZW50cnkgMTM=\nindex 13\n${proof.hashes.map(toBase64).join('\n')}\n\n${note}`,
    );
    expect(parseTlogProof(file)).toEqual(proof);
    expect(parseTlogProof(plain)).toEqual({ ...proof, extra: null });
    expect((await check(file)).checkpoint).toEqual(checkpoint);
    expect((await check(plain)).checkpoint).toEqual(checkpoint);
  });

  it('of the only entry has no hashes', async () => {
    const one = formatCheckpoint({
      ...checkpoint,
      size: 1,
      root: hashLeaf(nodeSha256, entries[0]!),
    });
    const only = formatTlogProof({ extra: null, index: 0, hashes: [], checkpoint: resign(one) });
    expect(only).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${resign(one)}`);
    await check(only, hashLeaf(nodeSha256, entries[0]!));
  });

  it('holds for no change of a single bit', async () => {
    const good = toUtf8(plain);
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = Uint8Array.from(good);
      bytes[bit >> 3] = good[bit >> 3]! ^ (1 << (bit & 7));
      const open = async () => check(fromUtf8(bytes, 'the proof'));
      await expect(open()).rejects.toMatchObject({ name: 'TlogError' });
    }
  });

  it('cut off anywhere is incomplete', async () => {
    const good = toUtf8(plain);
    for (let length = 0; length < good.length; length++) {
      const open = async () => check(fromUtf8(good.subarray(0, length), 'the proof'));
      await expect(open()).rejects.toMatchObject({ kind: 'incomplete' });
    }
  });

  it('whose lines are swapped, dropped or doubled does not hold', async () => {
    const lines = plain.split('\n');
    const last = lines.length - 2;
    for (let i = 0; i <= last; i++) {
      const dropped = lines.toSpliced(i, 1);
      const doubled = lines.toSpliced(i, 0, lines[i]!);
      const swapped = lines.with(i, lines[i + 1]!).with(i + 1, lines[i]!);
      // A doubled signature is one more that holds.
      for (const bad of i === last ? [dropped, swapped] : [dropped, doubled, swapped]) {
        const open = async () => check(bad.join('\n'));
        await expect(open(), bad.join('\n')).rejects.toMatchObject({ name: 'TlogError' });
      }
    }
  });

  it.each([
    [
      'another version',
      file.replace('@v1', '@v2'),
      'unreadable',
      'the proof does not begin with the line c2sp.org/tlog-proof@v1',
    ],
    [
      'Windows line ends',
      file.replaceAll('\n', '\r\n'),
      'unreadable',
      'the proof does not begin with the line c2sp.org/tlog-proof@v1',
    ],
    [
      'an empty extra line',
      file.replace('ZW50cnkgMTM=', ''),
      'unreadable',
      "the proof's extra line is empty",
    ],
    [
      'extra data re-encoded',
      file.replace('ZW50cnkgMTM=', 'ZW50cnkgMTN='),
      'unreadable',
      "the proof's extra data is base64 with stray bits at its end",
    ],
    [
      'extra data after the index',
      plain.replace('index 13', 'index 13\nextra AAAA'),
      'unreadable',
      'hash 1 of the proof is not base64 with its padding',
    ],
    [
      'no index',
      plain.replace('index 13\n', ''),
      'unreadable',
      'the proof has no index line where it belongs',
    ],
    [
      'a leading zero',
      plain.replace('index 13', 'index 013'),
      'unreadable',
      "the proof's index is not a decimal number without leading zeros",
    ],
    [
      'an index beyond the tree',
      plain.replace('index 13', 'index 21'),
      'unreadable',
      'a tree of 21 entries has no entry 21',
    ],
    [
      'another index',
      plain.replace('index 13', 'index 12'),
      'tampered',
      'the proof does not lead from entry 12 to the root of the tree of 21 entries',
    ],
    [
      'a hash in hex',
      plain.replace(toBase64(proof.hashes[0]!), 'ab'.repeat(32)),
      'unreadable',
      'hash 1 of the proof has 48 bytes, not 32',
    ],
    [
      'an extra newline before the checkpoint',
      plain.replace('\n\n', '\n\n\n'),
      'unreadable',
      'the proof has an extra newline before its checkpoint',
    ],
    [
      'an extra newline at its end',
      `${plain}\n`,
      'unreadable',
      'the note has an extra newline after its signatures',
    ],
  ])('with %s is refused', async (_, bad, kind, message) => {
    const open = async () => check(bad);
    await expect(open()).rejects.toMatchObject({ kind, message });
  });

  it('of another entry, tree or log is refused', async () => {
    const other = hashLeaf(nodeSha256, entries[12]!);
    await expect(check(file, other)).rejects.toMatchObject({ kind: 'tampered' });
    const fork = formatCheckpoint({ ...checkpoint, root: naiveRoot(entries.toReversed()) });
    const forked = formatTlogProof({ ...proof, checkpoint: resign(fork) });
    await expect(check(forked)).rejects.toMatchObject({ kind: 'tampered' });
    const foreign = { origin: 'other.example', logKeys: [log] };
    await expect(check(file, leaf, foreign)).rejects.toMatchObject({ kind: 'tampered' });
    const unsigned = { origin: ORIGIN, logKeys: [] };
    await expect(check(file, leaf, unsigned)).rejects.toMatchObject({ kind: 'tampered' });
  });

  it('comes back whatever it holds', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const some = fc.record({
      extra: fc.option(fc.uint8Array({ minLength: 1, maxLength: 99 })),
      index: fc.maxSafeNat(),
      hashes: fc.array(hash, { maxLength: 53 }),
      checkpoint: fc.constant(note),
    });
    fc.assert(
      fc.property(some, (one) => {
        expect(parseTlogProof(formatTlogProof(one))).toEqual(one);
      }),
    );
  });
});
