import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import {
  COSIGNATURE_V1,
  keyLabel,
  parsePrivateKey,
  parseVkey,
} from '#app/domain/audit/tlog/key.ts';
import { formatNote, parseNote, verifyNote } from '#app/domain/audit/tlog/note.ts';
import { publicKeyOf, signText, testKey, verifyEd25519 } from '#test/support/log-keys.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

// Keys and notes of golang.org/x/mod/sumdb/note's own tests.
const PETER_PRIVATE =
  'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const ENOCH = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
const TEXT = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.
`;
const PETER_SIGNED =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const ENOCH_SIGNED =
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

const peter = parseVkey(nodeSha256, PETER);
const enoch = parseVkey(nodeSha256, ENOCH);
const verify = async (note: string, ...keys: (typeof peter)[]) =>
  (await verifyNote(parseNote(note), keys, verifyEd25519)).map(keyLabel);

describe('a signed note', () => {
  it('is written as sumdb does', () => {
    const signer = parsePrivateKey(nodeSha256, PETER_PRIVATE, publicKeyOf);
    expect(formatNote(TEXT, [signText(signer, TEXT)])).toBe(`${TEXT}\n${PETER_SIGNED}`);
  });

  it('of the Go checksum database verifies', async () => {
    const key = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    const note = `go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
`;
    expect(await verify(note, parseVkey(nodeSha256, key))).toEqual(['sum.golang.org+033de0ae']);
  });

  it('verifies for each known key and passes over the others', async () => {
    const both = `${TEXT}\n${PETER_SIGNED}${ENOCH_SIGNED}`;
    expect(await verify(both, peter)).toEqual(['PeterNeumann+c74f20a3']);
    expect(await verify(both, enoch)).toEqual(['EnochRoot+af0cfe78']);
    expect(await verify(both, enoch, peter)).toEqual([
      'PeterNeumann+c74f20a3',
      'EnochRoot+af0cfe78',
    ]);
    expect(await verify(both, peter, peter)).toEqual(['PeterNeumann+c74f20a3']);
  });

  it('says who has signed when none of them is known', async () => {
    const both = `${TEXT}\n${PETER_SIGNED}${ENOCH_SIGNED}`;
    await expect(verify(both)).rejects.toMatchObject({
      kind: 'tampered',
      message:
        'the note is signed by no known key, only by PeterNeumann+c74f20a3, EnochRoot+af0cfe78',
    });
  });

  it('does not hold when any known key’s signature does not', async () => {
    const broken = ENOCH_SIGNED.replace('SO3Nb', 'SO3Nc');
    await expect(verify(`${TEXT}\n${PETER_SIGNED}${broken}`, peter, enoch)).rejects.toMatchObject({
      kind: 'tampered',
      message: "the note's signature by EnochRoot+af0cfe78 does not hold",
    });
    expect(await verify(`${TEXT}\n${PETER_SIGNED}${broken}`, peter)).toHaveLength(1);
    const short = formatNote(TEXT, [{ ...peter, signature: new Uint8Array(63) }]);
    await expect(verify(short, peter)).rejects.toMatchObject({ kind: 'tampered' });
  });

  it('is not read with two different keys of one name and id', async () => {
    const twin = { ...enoch, publicKey: peter.publicKey };
    await expect(verify(`${TEXT}\n${ENOCH_SIGNED}`, enoch, twin)).rejects.toMatchObject({
      kind: 'unreadable',
      message: 'two different keys go by EnochRoot+af0cfe78',
    });
    expect(await verify(`${TEXT}\n${PETER_SIGNED}`, peter, enoch, twin)).toHaveLength(1);
  });

  it('may have blank lines in its text: the last one parts it from its signatures', async () => {
    const key = testKey('example.com/poet', 3);
    const text = 'one\n\ntwo\n\n\n';
    const note = formatNote(text, [signText(key, text)]);
    expect(parseNote(note).text).toBe(text);
    expect(await verify(note, key)).toEqual([keyLabel(key)]);
  });

  it('holds for no change of a single bit', async () => {
    const good = toUtf8(`${TEXT}\n${PETER_SIGNED}`);
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bytes = Uint8Array.from(good);
      bytes[bit >> 3] = good[bit >> 3]! ^ (1 << (bit & 7));
      const open = async () => verify(fromUtf8(bytes, 'the note'), peter);
      await expect(open()).rejects.toMatchObject({ name: 'TlogError' });
    }
  });

  it('cut off anywhere is incomplete', () => {
    const good = toUtf8(`${TEXT}\n${PETER_SIGNED}`);
    for (let length = 0; length < good.length; length++) {
      expect(() => parseNote(fromUtf8(good.subarray(0, length), 'the note'))).toThrow(
        expect.objectContaining({ kind: 'incomplete' }),
      );
    }
  });

  it.each([
    [
      'an extra newline at its end',
      `${TEXT}\n${PETER_SIGNED}\n`,
      'the note has an extra newline after its signatures',
    ],
    [
      'two of them',
      `${TEXT}\n${PETER_SIGNED}\n\n`,
      'the note has an extra newline after its signatures',
    ],
    [
      'a carriage return',
      `${TEXT.replaceAll('\n', '\r\n')}\n${PETER_SIGNED}`,
      'the note has a control character other than newline',
    ],
    ['a NUL', `\0${TEXT}\n${PETER_SIGNED}`, 'the note has a control character other than newline'],
    [
      'half a character',
      `\ud800${TEXT}\n${PETER_SIGNED}`,
      'the note holds half a character, so it is not UTF-8',
    ],
    [
      'no blank line',
      `${TEXT}${PETER_SIGNED}`,
      'the note has no blank line with signatures after it',
    ],
    [
      'text among its signatures',
      `${TEXT}\n${PETER_SIGNED}Surprise.\n`,
      'the note has a line among its signatures that is none',
    ],
    [
      'a hyphen for the dash',
      `${TEXT}\n${PETER_SIGNED.replace('—', '-')}`,
      'the note has a line among its signatures that is none',
    ],
    [
      'two spaces',
      `${TEXT}\n${PETER_SIGNED.replace('— ', '—  ')}`,
      "signature 1 of the note is not a key's name and its signature",
    ],
    [
      'a space in a name',
      `${TEXT}\n${PETER_SIGNED.replace('rN', 'r N')}`,
      "signature 1 of the note is not a key's name and its signature",
    ],
    [
      'a plus in a name',
      `${TEXT}\n${PETER_SIGNED.replace('rN', 'r+N')}`,
      "signature 1 of the note is not a key's name and its signature",
    ],
    [
      'a space at its end',
      `${TEXT}\n${PETER_SIGNED.replace('=\n', '= \n')}`,
      "signature 1 of the note is not a key's name and its signature",
    ],
    [
      'unpadded base64',
      `${TEXT}\n${PETER_SIGNED.replace('=', '')}`,
      'signature 1 of the note is not base64 with its padding',
    ],
    [
      'stray bits',
      `${TEXT}\n${PETER_SIGNED.replace('AM=', 'AN=')}`,
      'signature 1 of the note is base64 with stray bits at its end',
    ],
    [
      'a key id alone',
      `${TEXT}\n${PETER_SIGNED}— EnochRoot rwz+eA==\n`,
      'signature 2 of the note has no bytes',
    ],
    [
      '101 signatures',
      `${TEXT}\n${PETER_SIGNED.repeat(101)}`,
      'the note has more than 100 signatures',
    ],
  ])('with %s is refused', (_, note, message) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ name: 'TlogError', message }));
  });

  it('comes back whatever its text and signatures are', () => {
    const line = fc.string({ unit: fc.constantFrom(...'aé— +=\u{1f600}'), maxLength: 12 });
    const text = fc.array(line, { minLength: 1 }).map((lines) => `${lines.join('\n')}\n`);
    const signature = fc.record({
      name: fc.string({ unit: fc.constantFrom(...'aé—./\u{1f600}'), minLength: 1, maxLength: 8 }),
      id: fc.nat({ max: 0xffff_ffff }),
      signature: fc.uint8Array({ minLength: 1, maxLength: 90 }),
    });
    fc.assert(
      fc.property(
        text,
        fc.array(signature, { minLength: 1, maxLength: 16 }),
        (some, signatures) => {
          const note = formatNote(some, signatures);
          expect(parseNote(note)).toEqual({ text: some, signatures });
        },
      ),
    );
  });
});

describe('a cosignature', () => {
  const witness = testKey('witness.example/w1', 9, COSIGNATURE_V1);
  const text = 'example.com/log\n3\n6kQo8+8a/5Mq5zNcX1qf3l4uGdNn8d4pB8bq0Hk1Y4M=\n';
  const line = signText(witness, text, 1_679_315_147);

  it('covers the checkpoint and its time', async () => {
    expect(await verify(formatNote(text, [line]), witness)).toEqual([keyLabel(witness)]);
    expect(line.signature).toHaveLength(72);
    expect([...line.signature.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0x64, 0x18, 0x50, 0xcb]);
    for (let byte = 0; byte < 72; byte++) {
      const signature = line.signature.with(byte, line.signature[byte]! ^ 1);
      await expect(
        verify(formatNote(text, [{ ...line, signature }]), witness),
      ).rejects.toMatchObject({ kind: 'tampered' });
    }
  });

  it('is not an ordinary signature, nor the other way round', async () => {
    const plain = testKey('witness.example/w1', 9);
    const asCosignature = { ...signText(plain, text), id: witness.id };
    await expect(verify(formatNote(text, [asCosignature]), witness)).rejects.toMatchObject({
      kind: 'tampered',
    });
    await expect(
      verify(formatNote(text, [{ ...line, id: plain.id }]), plain),
    ).rejects.toMatchObject({ kind: 'tampered' });
  });
});
