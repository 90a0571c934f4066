import { describe, expect, it } from 'vitest';
import {
  COSIGNATURE_V1,
  formatPrivateKey,
  formatVkey,
  parsePrivateKey,
  parseVkey,
} from '#app/domain/audit/tlog/key.ts';
import { publicKeyOf, testKey } from '#test/support/log-keys.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

// Keys and notes of golang.org/x/mod/sumdb/note's own tests.
const PETER_PRIVATE =
  'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';

const peter = parseVkey(nodeSha256, PETER);

describe('keys', () => {
  it('are read and written as sumdb does', () => {
    expect(peter).toMatchObject({ name: 'PeterNeumann', id: 0xc74f20a3, algorithm: 1 });
    expect(formatVkey(peter)).toBe(PETER);
    const signer = parsePrivateKey(nodeSha256, PETER_PRIVATE, publicKeyOf);
    expect(formatVkey(signer)).toBe(PETER);
    expect(formatPrivateKey(signer)).toBe(PETER_PRIVATE);
  });

  it.each([
    ['public', PETER, (text: string) => parseVkey(nodeSha256, text)],
    ['private', PETER_PRIVATE, (text: string) => parsePrivateKey(nodeSha256, text, publicKeyOf)],
  ])('cut anywhere or with one character changed are no %s keys', (_, key, parse) => {
    parse(key);
    for (let from = 0; from <= key.length; from++) {
      for (let to = from + 1; to <= key.length; to++) {
        if (to - from === key.length) continue;
        expect(() => parse(key.slice(from, to))).toThrow(
          expect.objectContaining({ kind: 'unreadable' }),
        );
      }
      if (from === key.length) continue;
      const next = String.fromCharCode(key.charCodeAt(from) + 1);
      expect(() => parse(key.slice(0, from) + next + key.slice(from + 1))).toThrow(
        expect.objectContaining({ kind: 'unreadable' }),
      );
    }
  });

  it.each([
    [
      'of an unknown algorithm',
      'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    ],
    ['too long', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA=='],
    ['with an id in capitals', PETER.replace('c74f20a3', 'C74F20A3')],
    ['without a name', PETER.replace('PeterNeumann', '')],
    ['with a space in its name', PETER.replace('Neumann', ' eumann')],
    ['with a wide space in its name', PETER.replace('Neumann', '\u3000eumann')],
    ['with a newline after it', `${PETER}\n`],
  ])('%s are refused', (_, key) => {
    expect(() => parseVkey(nodeSha256, key)).toThrow(
      expect.objectContaining({ kind: 'unreadable' }),
    );
  });

  it('with another’s id say so, and tell nothing of a private key', () => {
    expect(() => parseVkey(nodeSha256, PETER.replace('c74f20a3', 'af0cfe78'))).toThrow(
      'the public key has the id af0cfe78, but its own is c74f20a3',
    );
    const wrong = PETER_PRIVATE.replace('c74f20a3', 'af0cfe78');
    expect(() => parsePrivateKey(nodeSha256, wrong, publicKeyOf)).toThrow(
      /^the private key has the id af0cfe78, but its own is c74f20a3$/,
    );
  });

  it('of a witness and of a log differ in id, though made of the same bytes', () => {
    const log = testKey('example.com/log', 1);
    const witness = testKey('example.com/log', 1, COSIGNATURE_V1);
    expect(witness.publicKey).toEqual(log.publicKey);
    expect(witness.id).not.toBe(log.id);
    expect(parseVkey(nodeSha256, formatVkey(witness)).algorithm).toBe(COSIGNATURE_V1);
  });
});
