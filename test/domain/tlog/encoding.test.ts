import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import {
  fromBase64,
  fromDecimal,
  fromHex,
  fromUtf8,
  hashFromBase64,
  toBase64,
  toHex,
  toUtf8,
} from '#app/domain/audit/tlog/encoding.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('SHA-256', () => {
  // FIPS 180-2, appendix B.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('gives the published digest', (text, digest) => {
    expect(toHex(sha256(toUtf8(text)))).toBe(digest);
  });

  it('agrees with the platform at every length around its blocks, and within a larger buffer', () => {
    const source = Uint8Array.from({ length: 260 }, (_, i) => (i * 167) % 256);
    for (let length = 0; length <= 257; length++) {
      const part = source.subarray(3, 3 + length);
      expect(toHex(sha256(part))).toBe(toHex(nodeSha256(part)));
    }
  });

  it('agrees with the platform on any bytes', () => {
    fc.assert(
      fc.property(bytes, (input) => equalBytes(sha256(input), nodeSha256(input))),
      { numRuns: 300 },
    );
  });
});

describe('base64', () => {
  // RFC 4648, section 10.
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of %j', (text, encoded) => {
    expect(toBase64(toUtf8(text))).toBe(encoded);
    expect(fromUtf8(fromBase64(encoded, 'it'), 'it')).toBe(text);
  });

  it('agrees with the platform and comes back', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const text = toBase64(input);
        expect(text).toBe(Buffer.from(input).toString('base64'));
        expect(equalBytes(fromBase64(text, 'it'), input)).toBe(true);
      }),
    );
  });

  it.each([
    ['Zg', 'the key is not base64 with its padding'],
    ['Zg=', 'the key is not base64 with its padding'],
    ['Zm8=\n', 'the key is not base64 with its padding'],
    ['Zm 8', 'the key is not standard base64'],
    ['Zg==Zg==', 'the key is not standard base64'],
    ['Z===', 'the key is not standard base64'],
    ['====', 'the key is not standard base64'],
    ['-_-_', 'the key is not standard base64'],
    ['Zm\u00f68', 'the key is not standard base64'],
    ['Zh==', 'the key is base64 with stray bits at its end'],
    ['Zm9=', 'the key is base64 with stray bits at its end'],
  ])('refuses %j', (text, message) => {
    expect(() => fromBase64(text, 'the key')).toThrow(
      expect.objectContaining({ kind: 'unreadable', message }),
    );
  });

  it('takes one form only: whatever is taken is what encoding gives', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AQgwZ9+/= '), maxLength: 8 });
    fc.assert(
      fc.property(text, (input) => {
        let decoded: Uint8Array;
        try {
          decoded = fromBase64(input, 'it');
        } catch {
          return;
        }
        expect(toBase64(decoded)).toBe(input);
      }),
      { numRuns: 2_000 },
    );
  });

  it('says how long a hash is that has not 32 bytes', () => {
    expect(() => hashFromBase64('Zm9v', 'hash 2')).toThrow('hash 2 has 3 bytes, not 32');
  });
});

describe('hex, UTF-8 and decimals', () => {
  it('come back', () => {
    fc.assert(fc.property(bytes, (b) => equalBytes(fromHex(toHex(b), 'it'), b)));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (s) => fromUtf8(toUtf8(s), 'it') === s));
    fc.assert(fc.property(fc.maxSafeNat(), (n) => fromDecimal(String(n), 'it') === n));
  });

  it.each(['abc', 'AB', '0g', '0x', ' 0'])('refuses the hex %j', (text) => {
    expect(() => fromHex(text, 'the salt')).toThrow('the salt is not lower-case hex');
  });

  it.each([
    ['overlong', [0xc0, 0x80], 'unreadable', 'it is not UTF-8'],
    ['half a surrogate pair', [0xed, 0xa0, 0x80], 'unreadable', 'it is not UTF-8'],
    ['a stray byte', [0x61, 0xff, 0x61], 'unreadable', 'it is not UTF-8'],
    ['a character cut off', [0x61, 0xe2, 0x80], 'incomplete', 'it ends within a character'],
  ])('refuses UTF-8 with %s', (_, input, kind, message) => {
    expect(() => fromUtf8(Uint8Array.from(input), 'it')).toThrow(
      expect.objectContaining({ kind, message }),
    );
  });

  it('keeps a byte order mark', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'it')).toBe('\ufeffa');
  });

  it.each([
    '',
    '01',
    '00',
    '-1',
    '+1',
    '1.0',
    '1e3',
    ' 1',
    '1\n',
    '0x10',
    '\u0661',
    '9007199254740992',
  ])('refuses the number %j', (text) => {
    expect(() => fromDecimal(text, 'the size')).toThrow(
      expect.objectContaining({ kind: 'unreadable' }),
    );
  });

  it('orders bytes like memcmp', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });
});
