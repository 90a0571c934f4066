import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toBase64, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { keyLabel } from '#app/domain/audit/tlog/key.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { formatNote } from '#app/domain/audit/tlog/note.ts';
import { signText, testKey } from '#test/support/log-keys.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';
import {
  checkpoint,
  log,
  note,
  ORIGIN,
  open,
  resign,
  stranger,
  text,
  trust,
  witnesses,
} from '#test/support/signed-checkpoint.ts';

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
