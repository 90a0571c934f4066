import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleLines } from '#server/audit/export-bundle.ts';
import { verifyBundle } from '#server/audit/verify/verify-bundle.ts';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { type LivedLog, liveALittle } from '#test/support/lived-log.ts';
import { cloneDatabase } from '#test/support/postgres.ts';

/** What the tests change of a line: a header's or an event's. */
interface Line {
  checkpoint: string;
  leaf: string;
  proof: string[];
  event: Record<string, string>;
  fields: { name: string; value: string; erased_by?: string }[];
}

// What a hostile mirror, mailer or clerk might hand in.
let log: LivedLog;
let lines: string[];

beforeAll(async () => {
  const base = await cloneDatabase();
  log = await liveALittle(base, makeLastingFolder());
  let text = '';
  for await (const part of bundleLines(base.db.sql, {})) text += part;
  lines = text.split('\n').slice(0, -1);
  return () => base.drop();
});

const words = ({ findings }: { findings: { what: string }[] }) =>
  findings.map(({ what }) => what).join('\n');

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
