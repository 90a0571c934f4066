import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type Trust,
} from '#app/domain/audit/tlog/checkpoint.ts';
import { fromUtf8, toBase64, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { COSIGNATURE_V1, keyLabel } from '#app/domain/audit/tlog/key.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { formatNote } from '#app/domain/audit/tlog/note.ts';
import {
  checkTlogProof,
  formatTlogProof,
  parseTlogProof,
} from '#app/domain/audit/tlog/proof-file.ts';
import { signText, testKey, verifyEd25519 } from '#test/support/log-keys.ts';
import { naivePath, naiveRoot, nodeSha256 } from '#test/support/naive-tree.ts';

const ORIGIN = 'rostrum.local/log';
const log = testKey(ORIGIN, 1);
const stranger = testKey(ORIGIN, 2);
const witnesses = [3, 4].map((n) => testKey(`witness.example/w${n}`, n, COSIGNATURE_V1));
const trust: Trust = { origin: ORIGIN, logKeys: [log] };
const entries = Array.from({ length: 21 }, (_, i) => toUtf8(`entry ${i}`));
const checkpoint: Checkpoint = {
  origin: ORIGIN,
  size: 21,
  root: naiveRoot(entries),
  extensions: [],
};
const text = formatCheckpoint(checkpoint);
const note = formatNote(text, [signText(log, text)]);

const open = (noteText: string, some: Trust = trust) =>
  openCheckpoint(noteText, some, verifyEd25519);
const resign = (changed: string) => formatNote(changed, [signText(log, changed)]);

describe('a checkpoint', () => {
  it('is three lines, as in the Go checksum database', () => {
    const root = hashLeaf(nodeSha256, toUtf8('hello world'));
    const tree = { origin: 'go.sum database tree', size: 123_456_789_012, root, extensions: [] };
    const lines =
      'go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n';
    expect(formatCheckpoint(tree)).toBe(lines);
    expect(parseCheckpoint(lines)).toEqual(tree);
    expect(parseCheckpoint(`${lines}more\nand more\n`).extensions).toEqual(['more', 'and more']);
  });

  it.each([
    [
      'size in hex',
      text.replace('\n21\n', '\n0x15\n'),
      'unreadable',
      "the checkpoint's tree size is not a decimal number without leading zeros",
    ],
    [
      'leading zero',
      text.replace('\n21\n', '\n021\n'),
      'unreadable',
      "the checkpoint's tree size is not a decimal number without leading zeros",
    ],
    [
      'size above 2^53 - 1',
      text.replace('\n21\n', '\n9007199254740992\n'),
      'unreadable',
      "the checkpoint's tree size is above 2^53 - 1",
    ],
    [
      'root of 33 bytes',
      text.replace(toBase64(checkpoint.root), toBase64(new Uint8Array(33))),
      'unreadable',
      "the checkpoint's root hash has 33 bytes, not 32",
    ],
    [
      'root in base64url',
      text.replace(
        toBase64(checkpoint.root),
        Buffer.alloc(32, 0xff).toString('base64url').padEnd(44, '='),
      ),
      'unreadable',
      "the checkpoint's root hash is not standard base64",
    ],
    ['no origin', text.replace(ORIGIN, ''), 'unreadable', 'the checkpoint has no origin'],
    ['two lines', 'a\n1\n', 'incomplete', 'the checkpoint has fewer than three lines'],
    ['no last newline', text.slice(0, -1), 'incomplete', 'the checkpoint ends within a line'],
    [
      'extra newline at the end',
      `${text}\n`,
      'unreadable',
      'the checkpoint has an extra newline after its text',
    ],
    ['empty line', `${text}\nmore\n`, 'unreadable', 'the checkpoint has an empty line'],
  ])('with a %s is refused', (_, bad, kind, message) => {
    expect(() => parseCheckpoint(bad)).toThrow(expect.objectContaining({ kind, message }));
  });

  it('opens with the log’s signature, however many strangers add theirs', async () => {
    const opened = await open(formatNote(text, [signText(stranger, text), signText(log, text)]));
    expect(opened.checkpoint).toEqual(checkpoint);
    expect(opened.signatures.map(keyLabel)).toEqual([keyLabel(log)]);
  });

  it('opens while the log changes keys, signed by old and new', async () => {
    const next = testKey(ORIGIN, 7);
    const both = formatNote(text, [signText(next, text), signText(log, text)]);
    for (const logKeys of [[log], [next], [log, next]]) {
      expect((await open(both, { origin: ORIGIN, logKeys })).signatures).toHaveLength(
        logKeys.length,
      );
    }
  });

  it.each([
    [
      'another key of the same name',
      formatNote(text, [signText(stranger, text)]),
      'tampered',
      `the note is signed by no known key, only by ${keyLabel(stranger)}`,
    ],
    [
      'a witness alone',
      formatNote(text, [signText(witnesses[0]!, text)]),
      'tampered',
      `the note is signed by no known key, only by ${keyLabel(witnesses[0]!)}`,
    ],
    [
      'the log, of another text',
      formatNote(text.replace('21', '22'), [signText(log, text)]),
      'tampered',
      `the note's signature by ${keyLabel(log)} does not hold`,
    ],
    [
      'the log, for another origin',
      resign(text.replace(ORIGIN, 'other.example')),
      'tampered',
      'the checkpoint is of the log other.example, not of rostrum.local/log',
    ],
    [
      'the log, with an extra newline',
      note.replace('\n\n', '\n\n\n'),
      'unreadable',
      'the checkpoint has an extra newline after its text',
    ],
  ])('does not open signed by %s', async (_, bad, kind, message) => {
    await expect(open(bad, { ...trust, witnessKeys: witnesses })).rejects.toMatchObject({
      kind,
      message,
    });
  });

  it('asks for a quorum of different witnesses', async () => {
    const [one, two] = witnesses.map((key) => signText(key, text, 1_700_000_000));
    const some = { ...trust, witnessKeys: witnesses, quorum: 2 };
    const all = await open(formatNote(text, [signText(log, text), one!, two!]), some);
    expect(all.signatures.map(keyLabel)).toEqual([log, ...witnesses].map(keyLabel));
    await expect(
      open(formatNote(text, [signText(log, text), one!, one!]), some),
    ).rejects.toMatchObject({
      kind: 'incomplete',
      message: '1 of the known witnesses have cosigned the checkpoint, but 2 must',
    });
    const broken = { ...two!, signature: two!.signature.with(3, 1) };
    await expect(
      open(formatNote(text, [signText(log, text), one!, broken]), some),
    ).rejects.toMatchObject({ kind: 'tampered' });
  });
});

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
