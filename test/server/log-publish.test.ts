import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { publishFiles } from '#server/audit/sequencer/publish.ts';
import { openSequencer, sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { appendMany, makeFolder, sequencerOptions } from '#test/support/log-tree.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';
import { eventually } from '#test/support/server.ts';

let base: TestDatabase;

beforeEach(async () => {
  base = await cloneDatabase();
  return () => base.drop();
});

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

it('publishes what is new, and takes away the parts of what is full', async () => {
  const options = sequencerOptions(base);
  const folder = join(makeFolder(), 'site');
  expect(await publishFiles(options.db.sql, folder)).toBe(0);
  await appendMany(base, 200);
  await sequenceAll(options);
  await publishFiles(options.db.sql, folder);
  const few = ['checkpoint', 'tile/0/000.p/200', 'tile/entries/000.p/200', 'vkey'];
  expect(filesOf(folder)).toEqual(few);
  expect(await publishFiles(options.db.sql, folder)).toBe(0);

  await appendMany(base, 100);
  await sequenceAll(options);
  await publishFiles(options.db.sql, folder);
  expect(filesOf(folder)).toEqual([
    'checkpoint',
    'tile/0/000',
    'tile/0/001.p/44',
    'tile/1/000.p/1',
    'tile/entries/000',
    'tile/entries/001.p/44',
    'vkey',
  ]);
});

it('leaves a folder alone that holds another log, or more of this one', async () => {
  const options = sequencerOptions(base);
  const folder = makeFolder();
  const at = join(folder, 'checkpoint');
  await appendMany(base, 300);
  const note = (await sequenceAll(options))?.head.note as string;
  for (const [other, reason] of [
    [note.replace('\n300\n', '\n301\n'), 'more than the log'],
    [note.replace(/\n300\n..../, '\n300\nAAAA'), 'another log'],
    [note.replace(/^[^\n]+/, 'other.example/log'), 'another log'],
    [note.replace('\n300\n', '\n299\n'), '299 leaves that are not the first of this log'],
    ['half a note', 'ends within a line'],
  ] as const) {
    writeFileSync(at, other);
    await expect(publishFiles(options.db.sql, folder)).rejects.toThrow(reason);
    expect(readFileSync(at, 'utf8')).toBe(other);
    expect(existsSync(join(folder, 'tile'))).toBe(false);
  }
});

it('follows the sequencer, and has all of it when that one stops', async () => {
  const publishDir = join(makeFolder(), 'site');
  const sequencer = openSequencer({ ...sequencerOptions(base), publishDir, everyMs: 10 });
  const size = () => {
    const file = join(publishDir, 'checkpoint');
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[1]) : -1;
  };
  await appendMany(base, 5);
  await eventually(size, (published) => published === 5);
  await appendMany(base, 7);
  await sequencer.stop();
  expect(size()).toBe(12);
});

it('says once that it can not publish, and signs all the same', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'file'), '');
  const options = { ...sequencerOptions(base), publishDir: join(folder, 'file/site'), everyMs: 10 };
  const sequencer = openSequencer(options);
  await appendMany(base, 5);
  await eventually(
    () => options.complaints.map(({ words }) => words),
    (words) => words.includes('the audit log was not published'),
  );
  await eventually(sequencer.state, ({ depth, halted }) => depth === 0 && halted === null);
  await sequencer.stop();
  expect(options.complaints).toHaveLength(1);
});
