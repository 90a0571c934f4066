import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from '#db/embedded.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, openRoomWith } from '#test/support/rooms.ts';
import { runCommand } from '#test/support/run-command.ts';
import { runProgram } from '#test/support/run-process.ts';

const base = useDatabase();

beforeAll(async () => {
  await addOperator(base.db, ['lead'], 'Ada');
  await addOperator(base.db, ['admin'], 'Bo');
  const room = await openRoomWith(base.db, { eve: 'speaker' });
  await endRoom(base.db, room, 'platform:test');
});

const erase = (...args: string[]) =>
  runCommand(['erase', ...args], {
    DATABASE_URL: base.appUrl,
    ERASER_DATABASE_URL: base.eraserUrl,
    PUBLIC_URL: 'https://rostrum.example',
  });

describe('rostrum erase', () => {
  it('takes one who asks and another who approves', async () => {
    const asked = await erase('eve', '--basis', 'Art. 17 GDPR', '--by', 'ada');
    expect(asked).toMatchObject({ code: 0, complaint: expect.stringContaining('--approve') });
    const id = asked.out.trim();
    const alone = await erase('--approve', id, '--by', 'Ada');
    expect(alone).toMatchObject({ code: 1, complaint: expect.stringContaining('Somebody else') });
    expect((await erase('--list')).out).toMatch(
      new RegExp(`^${id}\\t.*\\twaits\\t"Art. 17 GDPR"\\n$`),
    );
    const done = await erase('--approve', id, '--by', 'bo');
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/^Erased: \d+ field/) });
    expect((await erase('--approve', id, '--by', 'bo')).out).toMatch(/^Erased before/);
    expect((await erase('--list')).out).toContain('erased 20');
    const [row] = await base.db.sql`select name from member where id = 'eve'`;
    expect(row?.name).toBe('');
  }, 60_000);

  it('says what is missing', async () => {
    expect((await erase('eve')).complaint).toContain('MEMBER --basis');
    expect((await erase('eve', '--basis', 'x', '--by', 'Nobody')).complaint).toContain('operator');
    expect((await erase('nobody', '--basis', 'x', '--by', 'Bo')).complaint).toContain('member');
    expect((await erase('--approve', 'x', '--by', 'Bo')).complaint).toContain('UUID');
    const without = await runCommand(['erase', '--list'], {
      DATABASE_URL: base.appUrl,
    });
    expect(without).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('ERASER_DATABASE_URL'),
    });
  }, 60_000);
});

it('the embedded database keeps the login that erases in a file of its own', async () => {
  const dataDir = makeFolder();
  const listed = await runProgram('server/cli/rostrum.ts', ['erase', '--list'], {
    ROSTRUM_DATA_DIR: dataDir,
    NODE_ENV: 'test',
  });
  expect(listed).toMatchObject({ code: 0, out: '' });
  const file = join(dataDir, 'eraser-password');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const server = await startEmbedded({ dataDir, durable: false });
  try {
    const url = Object.assign(new URL(server.ownerUrl), {
      username: 'audit_eraser',
      password: readFileSync(file, 'utf8'),
    });
    const sql = postgres(url.href, { max: 1, onnotice: () => {} });
    const [row] = await sql`select count(*)::int as n from audit.list_erasures()`;
    expect(row?.n).toBe(0);
    await sql.end();
  } finally {
    await server.stop();
  }
}, 60_000);
