import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { fromHex, toHex, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { formatLeaf, LEAF_KINDS, type Leaf, parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

const C = '0f'.repeat(32);
const ID = '0190163d-8694-739b-aea5-966c26f8ad90';
const TIME = '2026-11-21T13:56:11.123Z';
const leaf: Leaf = { commitment: fromHex(C, 'c'), id: ID, kind: 'event', time: TIME };
const LEAF = `{"c":"${C}","id":"${ID}","k":"event","t":"${TIME}","v":1}`;

describe('a leaf', () => {
  it('is canonical JSON', () => {
    expect(Buffer.from(formatLeaf(leaf)).toString()).toBe(LEAF);
    expect(parseLeaf(toUtf8(LEAF))).toEqual(leaf);
    const keys = Object.keys(JSON.parse(LEAF));
    expect(keys).toEqual(keys.toSorted());
  });

  it('comes back', () => {
    const some = fc.record({
      commitment: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      id: fc.uuid(),
      kind: fc.constantFrom(...LEAF_KINDS),
      time: fc
        .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    });
    fc.assert(
      fc.property(some, (one) => {
        expect(parseLeaf(formatLeaf(one))).toEqual(one);
      }),
    );
  });

  it.each([
    ['cut off', LEAF.slice(0, -1), 'is not JSON'],
    ['nothing', '', 'is not JSON'],
    ['a list', '[]', 'is not a JSON object'],
    ['null', 'null', 'is not a JSON object'],
    ['with more said', LEAF.replace('"v"', '"u":"a","v"'), 'has an unknown key, "u"'],
    [
      'with a key of objects',
      LEAF.replace('"v"', '"__proto__":{},"v"'),
      'has an unknown key, "__proto__"',
    ],
    ['of version 2', LEAF.replace(':1}', ':2}'), 'is not of version 1'],
    ['of version "1"', LEAF.replace(':1}', ':"1"}'), 'is not of version 1'],
    [
      'without a commitment',
      LEAF.replace(`"c":"${C}",`, ''),
      'has no commitment of 64 lower-case hex digits',
    ],
    [
      'with hex in capitals',
      LEAF.replaceAll('0f', '0F'),
      'has no commitment of 64 lower-case hex digits',
    ],
    [
      'with a UUID in capitals',
      LEAF.replace(ID, ID.toUpperCase()),
      'has no id that is a lower-case UUID',
    ],
    [
      'with a UUID without dashes',
      LEAF.replace(ID, ID.replaceAll('-', '')),
      'has no id that is a lower-case UUID',
    ],
    ['of another kind', LEAF.replace('"event"', '"mute"'), 'is not of a known kind'],
    [
      'with microseconds',
      LEAF.replace('123Z', '123456Z'),
      'has no time in UTC with three decimals',
    ],
    ['with an offset', LEAF.replace('123Z', '123+00:00'), 'has no time in UTC with three decimals'],
    ['of 31 November', LEAF.replace('11-21', '11-31'), 'has no time in UTC with three decimals'],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseLeaf(toUtf8(text))).toThrow(
      expect.objectContaining({ kind: 'unreadable', message: `the leaf ${message}` }),
    );
  });

  it.each([
    ['spaces', LEAF.replaceAll(':', ': ').replace('T13: 56: 11', 'T13:56:11')],
    ['a newline after it', `${LEAF}\n`],
    ['keys in another order', `{"v":1,${LEAF.slice(1, -7)}}`],
    ['a key twice', LEAF.replace('"v":1', '"v":1,"v":1')],
    ['escapes', LEAF.replace('event', '\\u0065vent')],
    ['the number 1.0', LEAF.replace(':1}', ':1.0}')],
  ])('with %s means the same and is refused', (_, text) => {
    expect(JSON.parse(text)).toEqual(JSON.parse(LEAF));
    expect(() => parseLeaf(toUtf8(text))).toThrow('the leaf is not in its one form (RFC 8785)');
  });

  it('of 65,536 bytes or of other than UTF-8 is refused', () => {
    expect(() => parseLeaf(toUtf8(LEAF.padEnd(65_536)))).toThrow(
      'the leaf has 65536 bytes; the most is 65535',
    );
    expect(() => parseLeaf(toUtf8(LEAF).with(5, 0xff))).toThrow('the leaf is not UTF-8');
    expect(() => parseLeaf(toUtf8(`\ufeff${LEAF}`))).toThrow('the leaf is not JSON');
  });
});

describe('a commitment', () => {
  const salt = Uint8Array.from({ length: 32 }, (_, i) => i);

  it('has the published form', () => {
    const field = { name: 'reason', salt, value: '"Raid — spam"' };
    const digest = createHash('sha256')
      .update('rostrum/v1/field\0')
      .update(salt)
      .update(Uint8Array.of(0, 0, 0, 6))
      .update('reason')
      .update('"Raid — spam"')
      .digest();
    expect(toHex(fieldDigest(nodeSha256, field))).toBe(toHex(digest));
    expect(toHex(fieldDigest(sha256, field))).toBe(toHex(digest));
    const [low, high] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(254)];
    const both = createHash('sha256').update('rostrum/v1/body\0').update(low).update(high).digest();
    expect(toHex(commitmentOf(nodeSha256, [high, low]))).toBe(toHex(both));
    expect(toHex(commitmentOf(sha256, [low, high]))).toBe(toHex(both));
    expect(toHex(commitmentOf(sha256, []))).toBe(toHex(nodeSha256(toUtf8('rostrum/v1/body\0'))));
  });

  it('is of any text and of fields in any order', () => {
    const field = fc.record({
      name: fc.string({ unit: 'binary', maxLength: 20 }),
      salt: fc.uint8Array({ minLength: 16, maxLength: 40 }),
      value: fc.string({ unit: 'binary', maxLength: 2_000 }),
    });
    fc.assert(
      fc.property(fc.array(field, { maxLength: 6 }), (fields) => {
        const plain = fields.map(({ name, salt, value }) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(Buffer.byteLength(name));
          const parts = [
            Buffer.from('rostrum/v1/field\0'),
            salt,
            length,
            Buffer.from(name),
            Buffer.from(value),
          ];
          return nodeSha256(Buffer.concat(parts));
        });
        const digests = fields.map((one) => fieldDigest(sha256, one));
        expect(digests.map(toHex)).toEqual(plain.map(toHex));
        const sorted = Buffer.concat([
          Buffer.from('rostrum/v1/body\0'),
          ...plain.toSorted(Buffer.compare),
        ]);
        expect(toHex(commitmentOf(sha256, digests.toReversed()))).toBe(toHex(nodeSha256(sorted)));
      }),
    );
  });

  it('tells a name’s end from the value’s beginning', () => {
    const digest = (name: string, value: string) =>
      toHex(fieldDigest(nodeSha256, { name, salt, value }));
    expect(digest('a', 'bc')).not.toBe(digest('ab', 'c'));
  });

  it('refuses text that has no UTF-8, which would pass for U+FFFD', () => {
    expect(() => fieldDigest(nodeSha256, { name: 'a', salt, value: '"\ud800"' })).toThrow(
      expect.objectContaining({ kind: 'unreadable' }),
    );
  });

  it('takes values of megabytes', () => {
    const value = 'é'.repeat(2_000_000);
    const expected = createHash('sha256')
      .update('rostrum/v1/field\0')
      .update(salt)
      .update(Uint8Array.of(0, 0, 0, 1))
      .update(`a${value}`)
      .digest();
    expect(toHex(fieldDigest(nodeSha256, { name: 'a', salt, value }))).toBe(toHex(expected));
  });
});
