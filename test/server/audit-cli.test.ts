import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { publishFiles } from '#server/audit/sequencer/publish.ts';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { type LivedLog, liveALittle } from '#test/support/lived-log.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';
import { runCommand } from '#test/support/run-command.ts';
import { runProgram } from '#test/support/run-process.ts';
import { tamper } from '#test/support/tamper.ts';

// What scripts rely on; each exit code also of a process of its own.
let base: TestDatabase;
let log: LivedLog;
let folder: string;
let site: string;
let bundle: string;

beforeAll(async () => {
  base = await cloneDatabase();
  folder = makeLastingFolder();
  log = await liveALittle(base, folder);
  site = join(folder, 'site');
  bundle = join(folder, 'log.ndjson');
  await publishFiles(base.db.sql, site);
  const run = await audit('export', '--database', base.ownerUrl, '--out', bundle);
  expect(run).toMatchObject({ code: 0 });
  return () => base.drop();
});

const environment = { NODE_ENV: 'test' };
const audit = (...args: string[]) => runCommand(['audit', ...args], environment);
const program = (...args: string[]) =>
  runProgram('server/cli/rostrum.ts', ['audit', ...args], environment);

describe('rostrum audit verify', () => {
  test('ends with 0 for a sound database, with the same report as JSON', async () => {
    const run = await program('verify', '--database', base.ownerUrl, '--vkey', log.vkey, '--json');
    expect(JSON.parse(run.out)).toMatchObject({ verdict: 'sound', findings: [] });
    expect(run.code).toBe(0);
  });

  test('ends with 0 for sound files and for a sound bundle', async () => {
    for (const source of [
      ['--site', site],
      ['--bundle', bundle],
    ]) {
      const run = await audit('verify', ...source, '--vkey', log.vkey);
      expect(run.out).toMatch(/^SOUND: /);
      expect(run.code).toBe(0);
    }
  });

  test('ends with 1 and names the event when a private reason was edited', async () => {
    const other = await cloneDatabase();
    const { newest, vkey } = await liveALittle(other, makeFolder());
    const event = await newest('participant.removed');
    await tamper(
      other,
      (sql) => sql`
      update audit.disclosure set value = '"other"' where event_id = ${event} and name = 'reason'`,
    );
    const run = await program('verify', '--database', other.ownerUrl, '--vkey', vkey);
    await other.drop();
    expect(run.out).toContain(`tampered: event ${event} (leaf `);
    expect(run.code).toBe(1);
  });

  test('ends with 2 for a bundle that was cut off', async () => {
    const cut = join(folder, 'cut.ndjson');
    writeFileSync(cut, readFileSync(bundle).subarray(0, -40));
    const run = await program('verify', '--bundle', cut, '--vkey', log.vkey);
    expect(run.out).toMatch(/^incomplete: line \d+ is cut off/);
    expect(run.code).toBe(2);
  });

  test.each([
    ['no such bundle', ['--bundle', '/nowhere/at/all'], /can't be read \(ENOENT\)/],
    ['no such database', ['--database', 'postgres://a:b@127.0.0.1:1/x'], /can't be read/],
    ['a wrong option', ['--pretty'], /unknown option/],
    ['two sources', ['--site', 'a', '--bundle', 'b'], /give one of/],
    ['a key that is none', ['--site', 'a', '--vkey', 'x'], /--vkey: the public key/],
  ])('ends with 3 for %s', async (_title, args, words) => {
    const run = await audit('verify', ...args);
    expect(run.complaint + run.out).toMatch(words);
    expect(run.code).toBe(3);
  });

  test('ends with 3 as a process, too', async () => {
    const wrong = await program('verify', '--pretty');
    expect(wrong).toMatchObject({ code: 3, out: '' });
    expect(wrong.complaint).toMatch(/unknown option/);
    const nowhere = await program('verify', '--bundle', '/nowhere/at/all');
    expect(nowhere.complaint + nowhere.out).toMatch(/can't be read \(ENOENT\)/);
    expect(nowhere.code).toBe(3);
  });

  test('ends with 3 for a role that may not read all of it', async () => {
    const run = await audit('verify', '--database', base.appUrl);
    expect(run.out).toMatch(/may not read audit.disclosure/);
    expect(run.code).toBe(3);
  });
});

describe('rostrum audit prove and check', () => {
  test('prove writes what check takes, by itself', async () => {
    const event = await log.newest('participant.removed');
    const file = join(folder, 'one.tlog-proof');
    const proven = await audit(
      'prove',
      event,
      '--database',
      base.appUrl,
      '--out',
      file,
      '--fields',
      'reason',
      'event',
    );
    expect(proven).toMatchObject({ code: 0, out: `${file}\n` });
    const checked = await audit('check', file, '--vkey', log.vkey);
    expect(checked.out).toMatch(new RegExp(`^sound: .*: event ${event} `));
    expect(checked.out).toContain('reason: "because"');
    expect(checked.out).toContain('before: not disclosed');
    expect(checked.code).toBe(0);
  });

  test('check ends with 1 for another log, 2 for a half, 3 for anything else; the worst counts', async () => {
    const event = await log.newest('room.locked');
    const file = join(folder, 'two.tlog-proof');
    await audit('prove', event, '--database', base.appUrl, '--out', file);
    const half = join(folder, 'half.tlog-proof');
    writeFileSync(half, readFileSync(file, 'utf8').slice(0, 120));
    expect(await audit('check', half, '--vkey', log.vkey)).toMatchObject({ code: 2 });
    const foreign = 'example.org/log+5e2cef00+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs';
    const other = await audit('check', file, half, '--vkey', foreign);
    expect(other.out).toMatch(/tampered: .* is of the log test.example\/log/);
    expect(other.code).toBe(1);
    const none = await audit('check', file);
    expect(none.out).toMatch(/no key to trust was given/);
    expect(none.code).toBe(3);
  });

  test('prove ends with 2 for an event that waits', async () => {
    const event = await log.mute('cem');
    const run = await audit('prove', event, '--database', base.appUrl, '--out', join(folder, 'x'));
    await log.sequence();
    expect(run.complaint).toMatch(/is not in the signed tree yet/);
    expect(run.code).toBe(2);
  });
});

describe('rostrum audit export', () => {
  test('is on the record with its filter', async () => {
    const out = join(folder, 'removed.ndjson');
    const run = await audit(
      'export',
      '--database',
      base.ownerUrl,
      '--action',
      'participant.removed',
      '--out',
      out,
    );
    expect(run.code).toBe(0);
    const checked = await audit('verify', '--bundle', out, '--vkey', log.vkey);
    expect(checked.out).toMatch(/^SOUND: .*: 1 events/);
    const [row] = await base.db.sql`
      select f.value from audit.fields_of(array[${await log.newest('log.exported')}::uuid]) f
      where f.name = 'filter'`;
    expect(JSON.parse(row?.value)).toEqual({ action: 'participant.removed' });
  });

  test('writes a table, and files that verify', async () => {
    const csv = join(folder, 'log.csv');
    expect(
      await audit('export', '--format', 'csv', '--database', base.ownerUrl, '--out', csv),
    ).toMatchObject({ code: 0 });
    expect(readFileSync(csv, 'utf8')).toContain('participant.removed');
    const files = join(folder, 'files');
    expect(
      await audit('export', '--format', 'site', '--database', base.ownerUrl, '--out', files),
    ).toMatchObject({ code: 0 });
    expect(await audit('verify', '--site', files, '--vkey', log.vkey)).toMatchObject({ code: 0 });
  });
});

describe('rostrum audit pin and monitor', () => {
  test('a pin is kept to', async () => {
    const pins = join(folder, 'pins');
    expect(await audit('pin', '--site', site, '--vkey', log.vkey, '--out', pins)).toMatchObject({
      code: 0,
    });
    expect(await audit('verify', '--site', site, '--vkey', log.vkey, '--pins', pins)).toMatchObject(
      { code: 0 },
    );
    const [origin, size] = readFileSync(pins, 'utf8').split(' ');
    writeFileSync(pins, `${origin} ${size} ${'A'.repeat(43)}=\n`);
    const forked = await audit('verify', '--site', site, '--vkey', log.vkey, '--pins', pins);
    expect(forked.out).toMatch(/is not the one that the pin in .* has/);
    expect(forked.code).toBe(1);
  });

  test('a monitor follows growth, and ends with 1 at a fork, with the evidence', async () => {
    const state = join(folder, 'monitor.json');
    const look = () =>
      audit('monitor', '--site', site, '--state', state, '--vkey', log.vkey, '--once');
    await publishFiles(base.db.sql, site);
    expect((await look()).out).toMatch(/\d+ entries, \d+ new/);
    await log.mute('host');
    await log.sequence();
    await publishFiles(base.db.sql, site);
    expect(await look()).toMatchObject({ code: 0 });

    const other = await cloneDatabase();
    const fork = await liveALittle(other, makeFolder(), log.keyFile);
    await fork.mute('host');
    for (let i = 0; i < 3; i++) await fork.sequence();
    rmSync(site, { recursive: true });
    await publishFiles(other.db.sql, site);
    await other.drop();
    const run = await look();
    expect(run.complaint).toMatch(/the log (forked|shrank)/);
    expect(run.complaint).toMatch(/Both checkpoints are in /);
    expect(run.code).toBe(1);
  });
});
