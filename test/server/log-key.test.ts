import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { formatVkey, parseVkey } from '#app/domain/audit/tlog/key.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import { createLogKey, readLogKeys } from '#server/audit/log-key.ts';
import { readVkeys } from '#server/audit/published-log.ts';
import { openSequencer, sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { appendMany, makeFolder, ORIGIN, sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { asOwner } from '#test/support/rooms.ts';
import { runCommand } from '#test/support/run-command.ts';
import { runProgram } from '#test/support/run-process.ts';
import { eventually } from '#test/support/server.ts';

describe("the log's key", () => {
  it('is made once, for its owner only', () => {
    const file = join(makeFolder(), 'deep/er/log-key');
    expect(createLogKey(file, ORIGIN)).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(text).toMatch(/^PRIVATE\+KEY\+test\.example\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\n$/);
    expect(createLogKey(file, ORIGIN)).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each([0o640, 0o604, 0o620])('is refused in production when open to others: %o', (mode) => {
    const file = join(makeFolder(), 'log-key');
    createLogKey(file, ORIGIN);
    chmodSync(file, mode);
    expect(() => readLogKeys(file, ORIGIN, true)).toThrow('chmod 600');
    expect(readLogKeys(file, ORIGIN, false)).toHaveLength(1);
  });

  it('is refused when it is missing, empty, damaged, twice there or of another log', () => {
    const file = join(makeFolder(), 'log-key');
    expect(() => readLogKeys(file, ORIGIN, true)).toThrow(/ENOENT.*rotate-key/);
    writeFileSync(file, '\n', { mode: 0o600 });
    expect(() => readLogKeys(file, ORIGIN, true)).toThrow('is empty');
    const other = join(makeFolder(), 'log-key');
    createLogKey(other, ORIGIN);
    const key = readFileSync(other, 'utf8');
    const secret = key.trim().slice(-44);
    for (const damaged of [key.slice(0, 40), key.replace(/.{3}\n$/, 'AAA\n'), `${key}x\n`]) {
      writeFileSync(file, damaged);
      const attempt = () => readLogKeys(file, ORIGIN, true);
      expect(attempt).toThrow(/^Line [12] of the log's key file/);
      expect(attempt).not.toThrow(secret);
    }
    writeFileSync(file, key + key);
    expect(() => readLogKeys(file, ORIGIN, true)).toThrow('twice');
    expect(() => readLogKeys(other, 'another.example/log', true)).toThrow('LOG_ORIGIN is another');
  });
});

describe('rotating the key', () => {
  const base = useDatabase();

  it('adds a key that signs beside the old one, and drops the old one when it has signed', async () => {
    const options = sequencerOptions(base);
    const environment = {
      NODE_ENV: 'production',
      DATABASE_URL: base.appUrl,
      ROSTRUM_DATA_DIR: options.dataDir,
      LOG_KEY_FILE: options.keyFile,
      LOG_ORIGIN: ORIGIN,
    };
    const rotate = (...args: string[]) =>
      runProgram('server/cli/rostrum.ts', ['audit', 'rotate-key', ...args], environment);
    const vkeys = () => readLogKeys(options.keyFile, ORIGIN, true).map(formatVkey);
    const lastAudit = async () => {
      const [row] = await base.db.sql`
        select action, actor_ref from audit.event order by event_id desc limit 1`;
      return row;
    };
    const sequencer = openSequencer({ ...options, everyMs: 5 });
    const newest = async () => {
      const [row] = await base.db.sql`
        select tree_size, note from audit.checkpoint order by tree_size desc limit 1`;
      return { size: row?.tree_size ?? 0, note: row?.note ?? '' };
    };
    await appendMany(base, 1);
    await eventually(newest, ({ size }) => size === 1);
    const [first] = vkeys();
    expect(await rotate('--retire')).toMatchObject({ code: 1, out: '' });

    const rotated = await rotate();
    expect(rotated).toMatchObject({ code: 0 });
    const [second, kept] = vkeys();
    expect(rotated.out).toBe(`${second}\n${kept}\n`);
    expect(kept).toBe(first);
    expect(statSync(options.keyFile).mode & 0o777).toBe(0o600);
    expect(await lastAudit()).toEqual({ action: 'log_key.rotated', actor_ref: 'system' });

    // The running sequencer takes the new key up by itself; the event may have come before it.
    await appendMany(base, 1);
    const both = await eventually(newest, ({ size }) => size === 3);
    expect(parseNote(both.note).signatures).toHaveLength(2);
    expect(await readVkeys(base.db.sql, both.note)).toEqual([second, first]);
    for (const vkey of [first, second]) {
      const logKeys = [parseVkey(sha256, vkey as string)];
      await openCheckpoint(both.note, { origin: ORIGIN, logKeys }, verifyEd25519);
    }

    expect(await rotate('--retire')).toMatchObject({ code: 0, out: `${second}\n` });
    expect(await lastAudit()).toMatchObject({ action: 'log_key.retired' });
    await appendMany(base, 1);
    const last = await eventually(newest, ({ size }) => size === 5);
    expect(await readVkeys(base.db.sql, last.note)).toEqual([second]);
    await sequencer.stop();
    expect(options.complaints).toEqual([]);
  });

  it('keeps the old key while nothing bears the new one', async () => {
    const options = sequencerOptions(base);
    const environment = {
      DATABASE_URL: base.appUrl,
      LOG_KEY_FILE: options.keyFile,
      LOG_ORIGIN: ORIGIN,
      ROSTRUM_DATA_DIR: options.dataDir,
    };
    const run = (...args: string[]) => runCommand(args, environment);
    expect(await run('audit', 'rotate-key')).toMatchObject({ code: 0 });
    const before = readFileSync(options.keyFile, 'utf8');
    const refused = await run('audit', 'rotate-key', '--retire');
    expect(refused).toMatchObject({ code: 1, complaint: expect.stringContaining('not signed') });
    expect(readFileSync(options.keyFile, 'utf8')).toBe(before);
  });
});

describe('rostrum audit sequence', () => {
  const base = useDatabase();

  it('takes what waits, and publishes it', async () => {
    const options = sequencerOptions(base);
    const folder = join(makeFolder(), 'site');
    const environment = {
      DATABASE_URL: base.appUrl,
      SEQUENCER_DATABASE_URL: base.sequencerUrl,
      LOG_KEY_FILE: options.keyFile,
      LOG_ORIGIN: ORIGIN,
      ROSTRUM_DATA_DIR: options.dataDir,
      LOG_PUBLISH_DIR: folder,
    };
    await appendMany(base, 2);
    const months = () =>
      asOwner(
        base.ownerUrl,
        (sql) => sql<{ name: string }[]>`
        select inhrelid::regclass::text as name from pg_inherits
        where inhparent = 'audit.event'::regclass order by name desc`,
      );
    const made = await months();
    const last = made.find(({ name }) => !name.endsWith('default'))?.name as string;
    await asOwner(base.ownerUrl, (sql) => sql.unsafe(`drop table ${last}`));
    const run = () => runCommand(['audit', 'sequence'], environment);
    expect(await run()).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 event(s) taken; the log has 2'),
    });
    expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toContain(`${ORIGIN}\n2\n`);
    expect(readFileSync(join(folder, 'vkey'), 'utf8')).toContain(`${ORIGIN}+`);
    expect((await run()).out).toBe('0 event(s) taken; the log has 2, and is signed.\n');
    expect((await sequenceAll(options))?.taken).toBe(0);
    expect(await months()).toEqual(made);
  });

  it('says so when nobody gave it a way in', async () => {
    const environment = { DATABASE_URL: base.appUrl, ROSTRUM_DATA_DIR: makeFolder() };
    const ended = await runCommand(['audit', 'sequence'], environment);
    expect(ended).toMatchObject({ code: 1, complaint: 'SEQUENCER_DATABASE_URL is missing.\n' });
  });
});
