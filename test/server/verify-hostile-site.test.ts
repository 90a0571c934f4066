import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { publishFiles } from '#server/audit/sequencer/publish.ts';
import { openSite } from '#server/audit/verify/site-files.ts';
import { verifySite } from '#server/audit/verify/verify-site.ts';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { type LivedLog, liveALittle } from '#test/support/lived-log.ts';
import { cloneDatabase } from '#test/support/postgres.ts';

// What a hostile mirror, mailer or clerk might hand in.
let log: LivedLog;
let folder: string;

beforeAll(async () => {
  const base = await cloneDatabase();
  folder = makeLastingFolder();
  log = await liveALittle(base, folder);
  await publishFiles(base.db.sql, join(folder, 'good'));
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
