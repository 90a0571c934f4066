import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from 'otpauth';
import postgres from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from '#db/embedded.ts';
import { openAccountKey } from '#server/auth/account-key.ts';
import { noteCredential } from '#server/auth/accounts.ts';
import { keepCodes } from '#server/auth/code-factor.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { codeOf } from '#test/support/accounts.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, openRoomWith } from '#test/support/rooms.ts';
import { runCommand } from '#test/support/run-command.ts';
import { runProgram } from '#test/support/run-process.ts';

const base = useDatabase();

beforeAll(async () => {
  for (const [name, roles] of [
    ['Ada', ['lead']],
    ['Bo', ['admin']],
    ['Mo', ['moderator']],
  ] as const) {
    const { id } = await addOperator(base.db, [...roles], name);
    await keepPassword(id, `${name} purple otters`);
  }
  const room = await openRoomWith(base.db, { eve: 'speaker' });
  await endRoom(base.db, room, 'platform:test');
});

const ENV = () => ({
  DATABASE_URL: base.appUrl,
  ERASER_DATABASE_URL: base.eraserUrl,
  PUBLIC_URL: 'https://rostrum.example',
  ACCOUNT_KEY: 'an account key of the tests, long enough',
});

async function keepPassword(operatorId: string, password: string): Promise<void> {
  const hash = (await openPasswordHasher({ lanes: 1 }).hash(password)) ?? '';
  await base.db.begin(async (tx) => {
    await noteCredential(tx, 'system', operatorId, 'password_set');
    await tx`insert into operator_password (operator_id, hash) values (${operatorId}, ${hash})`;
  });
}

/** As somebody who knows the password of whom they name. */
const erase = (...args: string[]) => {
  const name = args[args.indexOf('--by') + 1] ?? '';
  const known = `${name.slice(0, 1).toUpperCase()}${name.slice(1)} purple otters`;
  return runCommand(['erase', ...args], ENV(), [known]);
};

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

  it('is for whoever proves who they are, and may', async () => {
    const asMo = ['erase', 'eve', '--basis', 'x', '--by', 'Mo'];
    const wrong = await runCommand(asMo, ENV(), ['Ada purple otters']);
    expect(wrong).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('not the password'),
    });
    const silent = await runCommand(asMo, ENV());
    expect(silent).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('not the password'),
    });
    const right = await runCommand(asMo, ENV(), ['Mo purple otters']);
    expect(right).toMatchObject({ code: 1, complaint: expect.stringContaining('lead or admin') });
    const said = await base.db.sql<{ said: string }[]>`
      select action || ' ' || outcome as said from audit.event
      where target_ref = (select 'operator:' || id from operator where name = 'Mo')
      order by event_id desc limit 3`;
    expect(said.map((row) => row.said)).toEqual([
      'operator.proven accepted',
      'sign_in.failed refused',
      'sign_in.failed refused',
    ]);
    expect(JSON.stringify([wrong, right])).not.toContain('otters');
  }, 60_000);

  it('asks for a code of whoever has a second factor, which works once', async () => {
    const secret = new Secret({ size: 20 }).base32;
    const key = openAccountKey(ENV().ACCOUNT_KEY);
    const { id } = await addOperator(base.db, ['lead'], 'Cy');
    await keepPassword(id, 'Cy purple otters');
    await base.db.begin((tx) => keepCodes(tx, key, id, { secret, step: 0 }));
    const ask = (...answers: string[]) =>
      runCommand(['erase', 'nobody', '--basis', 'x', '--by', 'Cy'], ENV(), answers);
    const refused = { code: 1, complaint: expect.stringContaining('not a code') };
    expect(await ask('Cy purple otters')).toMatchObject(refused);
    expect(await ask('Cy purple otters', '000000')).toMatchObject(refused);
    const code = codeOf(secret);
    const known = { code: 1, complaint: expect.stringContaining('no such member') };
    expect(await ask('Cy purple otters', code)).toMatchObject(known);
    expect(await ask('Cy purple otters', code)).toMatchObject(refused);
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
