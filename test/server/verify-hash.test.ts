import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { commitmentHex, fieldDigestText, leafHashText } from '#server/audit/verify/fast-hash.ts';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

test.each([0, 1, 5, 64, 200])('hashes as the log does: %i fields', (count) => {
  const digests: string[] = [];
  const expected: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const salt = randomBytes(16 + (i % 20));
    const name = `field${i}`;
    const value = JSON.stringify(`später ${'ü'.repeat(i === 3 ? 70_000 : i)}`);
    digests.push(fieldDigestText(Buffer.from(name), salt, Buffer.from(value)));
    expected.push(fieldDigest(sha256, { name, salt, value }));
  }
  expect(digests).toEqual(expected.map(latin1));
  const commitment = Buffer.from(commitmentOf(sha256, expected)).toString('hex');
  expect(commitmentHex(digests)).toBe(commitment);
});

test.each([0, 1, 165, 1_023, 1_024, 65_535, 65_536])('hashes a leaf of %i bytes', (length) => {
  const leaf = randomBytes(length);
  expect(leafHashText(leaf)).toBe(latin1(hashLeaf(sha256, leaf)));
});
