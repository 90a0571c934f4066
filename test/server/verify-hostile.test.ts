import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { bundleLines } from '#server/audit/export-bundle.ts';
import { proveEvent } from '#server/audit/prove-event.ts';
import { publishFiles } from '#server/audit/sequencer/publish.ts';
import { checkProofFile } from '#server/audit/verify/check-proof-file.ts';
import { openSite } from '#server/audit/verify/site-files.ts';
import { verifyBundle } from '#server/audit/verify/verify-bundle.ts';
import { verifySite } from '#server/audit/verify/verify-site.ts';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { type LivedLog, liveALittle } from '#test/support/lived-log.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';

/** What the tests change of a line: a header's or an event's. */
interface Line {
  checkpoint: string;
  leaf: string;
  proof: string[];
  event: Record<string, string>;
  fields: { name: string; value: string; erased_by?: string }[];
}

// What a hostile mirror, mailer or clerk might hand in.
let base: TestDatabase;
let log: LivedLog;
let folder: string;
let lines: string[];
let proof: string;

beforeAll(async () => {
  base = await cloneDatabase();
  folder = makeLastingFolder();
  log = await liveALittle(base, folder);
  await publishFiles(base.db.sql, join(folder, 'good'));
  let text = '';
  for await (const part of bundleLines(base.db.sql, {})) text += part;
  lines = text.split('\n').slice(0, -1);
  proof = await proveEvent(base.db.sql, await log.newest('room.locked'), ['event', 'reason']);
  return () => base.drop();
});

const words = ({ findings }: { findings: { what: string }[] }) =>
  findings.map(({ what }) => what).join('\n');

describe('published files', () => {
  let site: string;
  beforeEach(() => {
    site = join(folder, 'site');
    rmSync(site, { recursive: true, force: true });
    cpSync(join(folder, 'good'), site, { recursive: true });
  });

  const partial = () => {
    const [, size] = readFileSync(join(site, 'checkpoint'), 'utf8').split('\n');
    return {
      entries: join(site, `tile/entries/000.p/${size}`),
      hashes: join(site, `tile/0/000.p/${size}`),
    };
  };
  const edit = (path: string, change: (bytes: Buffer) => Uint8Array | string) =>
    writeFileSync(path, change(readFileSync(path)));
  const check = () => verifySite(openSite(site), log.policy);

  const attacks: [string, () => void, string, RegExp][] = [
    [
      'a changed leaf',
      () => edit(partial().entries, (b) => b.fill('0', 30, 31)),
      'tampered',
      /is not that of the entries below it/,
    ],
    [
      'a changed hash',
      () => edit(partial().hashes, (b) => b.fill(0, 0, 1)),
      'tampered',
      /hash 0 of tile 0 of level 0/,
    ],
    [
      'a half bundle',
      () => edit(partial().entries, (b) => b.subarray(0, 200)),
      'incomplete',
      /ends within its entry 1/,
    ],
    [
      'a missing bundle',
      () => rmSync(partial().entries),
      'incomplete',
      /tile\/entries\/000.p\/\d+ is missing/,
    ],
    [
      'a missing tile',
      () => rmSync(partial().hashes),
      'incomplete',
      /tile\/0\/000.p\/\d+ is missing/,
    ],
    [
      'a tile cut within a hash',
      () => edit(partial().hashes, (b) => b.subarray(0, 40)),
      'unreadable',
      /has 40 bytes/,
    ],
    [
      'a tile cut between hashes',
      () => edit(partial().hashes, (b) => b.subarray(0, 64)),
      'incomplete',
      /has 2 hashes, not/,
    ],
    [
      'no checkpoint',
      () => rmSync(join(site, 'checkpoint')),
      'incomplete',
      /there is no checkpoint/,
    ],
    [
      'half a checkpoint',
      () => edit(join(site, 'checkpoint'), (b) => b.subarray(0, 60)),
      'incomplete',
      /ends within a line|no blank line/,
    ],
    [
      'a checkpoint with another root',
      () =>
        edit(join(site, 'checkpoint'), (b) =>
          b
            .toString()
            .replace(/\n(.)(.{43})\n/, (_, one, rest) => `\n${one === 'A' ? 'B' : 'A'}${rest}\n`),
        ),
      'tampered',
      /signature by test.example\/log\+[0-9a-f]{8} does not hold/,
    ],
    [
      'a checkpoint with an extra newline',
      () => edit(join(site, 'checkpoint'), (b) => `${b}\n`),
      'unreadable',
      /extra newline/,
    ],
    [
      'a checkpoint that is not UTF-8',
      () => edit(join(site, 'checkpoint'), (b) => Buffer.concat([Buffer.of(0xff), b])),
      'unreadable',
      /is not UTF-8/,
    ],
    [
      'entries in another order',
      () =>
        edit(partial().entries, (b) => {
          const first = 2 + b.readUInt16BE();
          const second = 2 + b.readUInt16BE(first);
          return Buffer.concat([
            b.subarray(first, first + second),
            b.subarray(0, first),
            b.subarray(first + second),
          ]);
        }),
      'tampered',
      /hash 0 of tile 0/,
    ],
    [
      'a leaf with a space in it',
      () =>
        edit(partial().entries, (b) => {
          const leaf = b
            .subarray(2, 2 + b.readUInt16BE())
            .toString()
            .replace(',', ', ');
          return Buffer.concat([
            encodeEntryBundle([Buffer.from(leaf)]),
            b.subarray(2 + b.readUInt16BE()),
          ]);
        }),
      'tampered',
      /not in its one form/,
    ],
    [
      'a leaf of 65,535 bytes',
      () =>
        edit(partial().entries, (b) =>
          Buffer.concat([
            encodeEntryBundle([Buffer.alloc(65_535, 0x20)]),
            b.subarray(2 + b.readUInt16BE()),
          ]),
        ),
      'tampered',
      /entry 0: the leaf is not JSON/,
    ],
  ];
  test.each(attacks)('%s', async (_title, attack, verdict, what) => {
    attack();
    const report = await check();
    expect(words(report)).toMatch(what);
    expect(report.verdict).toBe(verdict);
  });

  test('honest files are sound, whole or with the wider tile of a larger tree', async () => {
    expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });
  });
});

describe('a bundle', () => {
  const check = (changed: string[], end = '\n') =>
    verifyBundle('it', Readable.from([Buffer.from(changed.join('\n') + end)]), log.policy);
  const withLine = (index: number, change: (line: Line) => unknown) =>
    lines.map((line, i) => {
      if (i !== index) return line;
      const json = JSON.parse(line);
      change(json);
      return JSON.stringify(json);
    });

  const attacks: [string, () => string[], string, RegExp][] = [
    ['without its last line', () => lines.slice(0, -1), 'incomplete', /ends before its last line/],
    ['without an event', () => lines.toSpliced(4, 1), 'incomplete', /index is 4 where 3 belongs/],
    [
      'with an event twice',
      () => lines.toSpliced(4, 0, lines[4] as string),
      'unreadable',
      /index is 3 where 4 belongs/,
    ],
    [
      'with events in another order',
      () => lines.toSpliced(3, 2, lines[4] as string, lines[3] as string),
      'unreadable',
      /index is/,
    ],
    [
      'with a proof cut short',
      () => withLine(3, (line) => line.proof.pop()),
      'incomplete',
      /takes \d+ hashes/,
    ],
    [
      'with a proof too long',
      () => withLine(3, (line) => line.proof.push(line.proof[0] as string)),
      'unreadable',
      /takes \d+ hashes/,
    ],
    [
      'with a reordered proof',
      () => withLine(3, (line) => line.proof.reverse()),
      'tampered',
      /does not lead from entry/,
    ],
    [
      'with a proof in another base64',
      () =>
        withLine(3, (line) => {
          line.proof[0] = (line.proof[0] as string).replace('=', '');
        }),
      'unreadable',
      /is not base64/,
    ],
    [
      "with another event's proof",
      () =>
        withLine(3, (line) => {
          line.proof = JSON.parse(lines[6] as string).proof;
        }),
      'tampered',
      /does not lead/,
    ],
    [
      'with a changed value',
      () =>
        withLine(3, (line) => {
          (line.fields[0] as Line['fields'][0]).value += ' ';
        }),
      'tampered',
      /fields are not those/,
    ],
    [
      'with a field left out',
      () => withLine(3, (line) => line.fields.pop()),
      'tampered',
      /fields are not those/,
    ],
    [
      'with a changed column',
      () =>
        withLine(3, (line) => {
          line.event.actor = 'operator:x';
        }),
      'tampered',
      /its actor is "operator:x"/,
    ],
    [
      'with another time',
      () =>
        withLine(3, (line) => {
          line.event.recorded_at = '2020-01-01T00:00:00.000Z';
        }),
      'tampered',
      /not the time in its leaf/,
    ],
    [
      'with a leaf of 65,536 bytes',
      () =>
        withLine(3, (line) => {
          line.leaf = line.leaf.padEnd(65_536);
        }),
      'unreadable',
      /65536 bytes; the most is 65535/,
    ],
    [
      'with a field erased by nobody',
      () =>
        withLine(3, (line) => {
          const field = line.fields.find(({ name }) => name !== 'event');
          if (!field) throw new Error('the event has no other field');
          field.erased_by = crypto.randomUUID();
        }),
      'unreadable',
      /names an erasure, but is not erased/,
    ],
    [
      'with a line after the end',
      () => [...lines, lines[3] as string],
      'unreadable',
      /after the end/,
    ],
    [
      'with another header',
      () => ['{"format":"x"}', ...lines.slice(1)],
      'unreadable',
      /not the header/,
    ],
    [
      'with another count',
      () => [...lines.slice(0, -1), '{"end":true,"events":1}'],
      'incomplete',
      /the end says 1/,
    ],
    ['that is no JSON', () => ['hello'], 'unreadable', /is not JSON/],
    [
      "with somebody else's key in its header",
      () =>
        withLine(0, (line) => {
          line.checkpoint = line.checkpoint.replaceAll('test.example', 'best.example');
        }),
      'tampered',
      /is of the log best.example/,
    ],
  ];
  test.each(attacks)('%s', async (_title, attack, verdict, what) => {
    const report = await check(attack());
    expect(words(report)).toMatch(what);
    expect(report.verdict).toBe(verdict);
  });

  test('cut off within a line, or empty', async () => {
    expect(await check(lines, '').then(words)).toMatch(/is cut off/);
    expect(await check([], '')).toMatchObject({ verdict: 'incomplete' });
  });

  test('as it is, in chunks of any size', async () => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    for (const size of [1, 7, 1_000]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const report = await verifyBundle('it', Readable.from(chunks), log.policy);
      expect(report).toMatchObject({ verdict: 'sound', events: lines.length - 2 });
    }
  });
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
