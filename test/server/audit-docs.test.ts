import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { toBase64, toHex, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { rootOf } from '#app/domain/audit/tlog/frontier.ts';
import { parseVkey } from '#app/domain/audit/tlog/key.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import { sha256 } from '#server/audit/sha256.ts';

const docs = readFileSync(join(import.meta.dirname, '../../docs/audit-log.md'), 'utf8');
const example = docs.slice(docs.indexOf('### Example'), docs.indexOf('### Erasure'));
const [stated, digests, first, second, note] = [...example.matchAll(/```\n([^`]*)\n```/g)].map(
  ([, block = '']) => block,
) as [string, string, string, string, string];

test('the example of docs/audit-log.md holds, from its fields to its signature', async () => {
  const computed = stated.split('\n').map((line, i) => {
    const [, name = '', value = ''] = /^(\w+) +(.*)$/.exec(line) ?? [];
    return fieldDigest(sha256, { name, salt: new Uint8Array(32).fill(i + 1), value });
  });
  expect(computed.map(toHex).join('\n')).toBe(digests);
  expect(toHex(parseLeaf(toUtf8(first)).commitment)).toBe(toHex(commitmentOf(sha256, computed)));

  const hashes = [first, second].map((leaf) => hashLeaf(sha256, toUtf8(leaf)));
  for (const hash of hashes) expect(example).toContain(toHex(hash));
  const root = rootOf(sha256, hashes);
  expect(example).toContain(toHex(root));

  const vkey = /example\.org\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(example)?.[0] ?? '';
  const trust = { origin: 'example.org/log', logKeys: [parseVkey(sha256, vkey)] };
  const { checkpoint } = await openCheckpoint(`${note}\n`, trust, verifyEd25519);
  expect(checkpoint.size).toBe(2);
  expect(toHex(checkpoint.root)).toBe(toHex(root));

  const bundle = docs.slice(docs.indexOf('## Export bundle'));
  expect(bundle).toContain(`"proof":["${toBase64(hashes[1] as Uint8Array)}"]`);
  expect(bundle).toContain(`"digest":"${toBase64(computed[1] as Uint8Array)}"`);
});
