import { beforeAll, describe, expect, test } from 'vitest';
import { proveEvent } from '#server/audit/prove-event.ts';
import { checkProofFile } from '#server/audit/verify/check-proof-file.ts';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { type LivedLog, liveALittle } from '#test/support/lived-log.ts';
import { cloneDatabase } from '#test/support/postgres.ts';

// What a hostile mirror, mailer or clerk might hand in.
let log: LivedLog;
let proof: string;

beforeAll(async () => {
  const base = await cloneDatabase();
  log = await liveALittle(base, makeLastingFolder());
  proof = await proveEvent(base.db.sql, await log.newest('room.locked'), ['event', 'reason']);
  return () => base.drop();
});

describe('a proof', () => {
  const check = (text: string) => checkProofFile(text, log.policy);
  const lines = () => proof.split('\n');
  test('as it is', async () => {
    const { leaf, fields } = await check(proof);
    expect(leaf.id).toBe(await log.newest('room.locked'));
    expect(fields?.find(({ name }) => name === 'reason')).toMatchObject({ value: '"because"' });
  });

  const attacks: [string, () => string, string, RegExp][] = [
    ['cut within its first line', () => proof.slice(0, 10), 'incomplete', /first line/],
    [
      'cut before its checkpoint',
      () => proof.slice(0, proof.indexOf('\n\n') + 2),
      'incomplete',
      /no checkpoint/,
    ],
    [
      'with a hash missing',
      () => lines().toSpliced(3, 1).join('\n'),
      'incomplete',
      /takes \d+ hashes/,
    ],
    [
      'with hashes in another order',
      () => {
        const all = lines();
        return all.toSpliced(3, 2, all[4] as string, all[3] as string).join('\n');
      },
      'tampered',
      /does not lead/,
    ],
    [
      'of another entry',
      () => proof.replace(/\nindex \d+\n/, '\nindex 0\n'),
      'incomplete',
      /takes \d+ hashes|does not lead/,
    ],
    [
      'with an extra newline in front of its checkpoint',
      () => proof.replace('\n\n', '\n\n\n'),
      'unreadable',
      /extra newline/,
    ],
    ['with CRLF', () => proof.replaceAll('\n', '\r\n'), 'unreadable', /does not begin/],
    [
      'without its extra line',
      () => lines().toSpliced(1, 1).join('\n'),
      'incomplete',
      /no extra line/,
    ],
    [
      'with another leaf',
      () =>
        proof.replace(
          /\nextra .*\n/,
          `\nextra ${Buffer.from(JSON.stringify({ leaf: '{}' })).toString('base64')}\n`,
        ),
      'unreadable',
      /the leaf is not of version 1/,
    ],
  ];
  test.each(attacks)('%s', async (_title, attack, kind, what) => {
    await expect(check(attack())).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(what),
    });
  });

  test('whose disclosed field was edited', async () => {
    const extra = JSON.parse(
      Buffer.from(/\nextra (.*)\n/.exec(proof)?.[1] ?? '', 'base64').toString(),
    );
    extra.fields.find(({ name }: { name: string }) => name === 'reason').value = '"other"';
    const forged = proof.replace(
      /\nextra .*\n/,
      `\nextra ${Buffer.from(JSON.stringify(extra)).toString('base64')}\n`,
    );
    await expect(check(forged)).rejects.toMatchObject({ kind: 'tampered' });
  });
});
