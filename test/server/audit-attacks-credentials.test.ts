import { beforeEach, describe, expect, test } from 'vitest';
import { openDb } from '#db/client.ts';
import { correctEvent } from '#server/audit/correct-event.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { noteCredential } from '#server/auth/accounts.ts';
import { markSet } from '#server/auth/credential-marks.ts';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { type Signing, signInVariously } from '#test/support/sign-in-variously.ts';
import { tamper } from '#test/support/tamper.ts';

// How people sign in, changed by somebody with every right on the database, or with the application's.
let base: TestDatabase;
let log: LivedLog;
let who: Signing;

const check = () => verifyDatabase(base.ownerUrl, log.policy);
const lived = useLivedCopies(async (base, log) => {
  who = await signInVariously(base);
  await log.sequence();
});
beforeEach(() => {
  ({ base, log } = lived);
});

async function newest(action: string, operator: keyof Signing): Promise<string> {
  const [row] = await base.db.sql<{ id: string }[]>`
    select max(event_id::text) as id from audit.event
    where action = ${action} and target_ref = ${`operator:${who[operator]}`}`;
  return row?.id as string;
}

test('as it is, it is sound, and the log holds nothing of a credential', async () => {
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });
  await tamper(base, async (sql) => {
    const kept = await sql<{ text: string }[]>`
      select hash as text from operator_password union all select public_key from passkey
      union all select sealed from code_secret union all select hash from recovery_code`;
    expect(kept.length).toBeGreaterThan(10);
    const said = await sql<{ value: string }[]>`select value from audit.disclosure`;
    const all = said.map(({ value }) => value).join('\n');
    expect(kept.filter(({ text }) => all.includes(text))).toEqual([]);
  });
});

describe('a superuser is found who', () => {
  test.each([
    [
      'gives somebody another password',
      `update operator_password set hash = '$known$c2FsdA$a2V5' where operator_id = '{lead}'`,
      'credential.password_set lead',
      /set up another than there is now: password of/,
    ],
    [
      'gives a password to who has none',
      `insert into operator_password (operator_id, hash) values ('{bare}', 'x')`,
      null,
      /no event says that it was set up: password of/,
    ],
    [
      'gives a password back that was reset',
      `insert into operator_password (operator_id, hash) values ('{reset}', 'x')`,
      'credential.reset reset',
      /no event says that it was set up: password of/,
    ],
    [
      'lets a link open again that a reset took back',
      `update sign_in_link set used_at = null where operator_id = '{reset}'`,
      'credential.reset reset',
      /it took back what still opens: sign-in link/,
    ],
    [
      'deletes a password',
      `delete from operator_password where operator_id = '{lead}'`,
      'credential.password_set lead',
      /set up what is gone: password of/,
    ],
    [
      'adds a passkey',
      `insert into passkey (id, operator_id, public_key, counter, transports, label)
        values ('theirs', '{lead}', 'x', 0, '{}', '')`,
      null,
      /no event says that it was set up: passkey of/,
    ],
    [
      'puts another key into a passkey',
      `update passkey set public_key = 'known' where id = 'mine'`,
      'credential.passkey_added lead mine',
      /set up what is gone: passkey of/,
    ],
    [
      'makes a passkey another’s',
      `update passkey set operator_id = '{bare}' where id = 'mine'`,
      null,
      /no event says that it was set up: passkey of/,
    ],
    [
      'brings a passkey back that was removed',
      `insert into passkey (id, operator_id, public_key, counter, transports, label)
        values ('lost', '{lead}', 'key of lost', 0, '{}', '')`,
      'credential.passkey_removed lead',
      /taken back, but is there: passkey of/,
    ],
    [
      'deletes a passkey',
      'delete from passkey',
      'credential.passkey_added lead mine',
      /set up what is gone: passkey of/,
    ],
    [
      'puts another secret of codes in place',
      `update code_secret set sealed = 'known' where operator_id = '{lead}'`,
      'credential.codes_set lead',
      /set up another than there is now: secret of codes of/,
    ],
    [
      'deletes a secret of codes',
      `delete from code_secret where operator_id = '{lead}'`,
      'credential.codes_set lead',
      /set up what is gone: secret of codes of/,
    ],
    [
      'brings a secret of codes back that was given up',
      `insert into code_secret (operator_id, sealed, last_step) values ('{without}', 'x', 0)`,
      'credential.codes_removed without',
      /taken back, but is there: secret of codes of/,
    ],
    [
      'swaps a recovery code',
      `update recovery_code set hash = 'known' where ctid = (
        select min(ctid) from recovery_code where operator_id = '{lead}' and used_at is null)`,
      'credential.recovery_codes_made lead',
      /set up another than there is now: recovery codes of/,
    ],
    [
      'adds a recovery code',
      `insert into recovery_code (operator_id, hash) values ('{lead}', 'known')`,
      'credential.recovery_codes_made lead',
      /set up another than there is now: recovery codes of/,
    ],
    [
      'lets a recovery code be used again',
      'update recovery_code set used_at = null',
      'session.started lead',
      /used up a recovery code that is good again: recovery codes of/,
    ],
    [
      'links a sign-in of their own',
      `insert into operator_identity (issuer, subject, operator_id)
        values ('https://id.example', 'theirs', '{lead}')`,
      null,
      /no event says that it was set up: linked sign-in of/,
    ],
    [
      'makes a linked sign-in another’s',
      `update operator_identity set subject = 'theirs'`,
      'credential.identity_linked lead',
      /set up what is gone: linked sign-in of/,
    ],
  ])('%s', async (_title, statement, about, what) => {
    const [action = '', operator = '', passkey] = about?.split(' ') ?? [];
    let event = about === null ? null : await newest(action, operator as keyof Signing);
    if (passkey !== undefined) event = await addedFirst();
    const ids = statement.replace(/\{(\w+)\}/g, (_, name) => who[name as keyof Signing]);
    await tamper(base, (sql) => sql.unsafe(ids));
    const report = await check();
    expect(report.verdict).toBe('tampered');
    const found = report.findings.filter((each) => what.test(each.what));
    expect(found.map((each) => each.event)).toContain(event);
  });

  async function addedFirst(): Promise<string> {
    const [row] = await base.db.sql<{ id: string }[]>`
      select min(event_id::text) as id from audit.event where action = 'credential.passkey_added'`;
    return row?.id as string;
  }
});

describe('somebody with the application’s password', () => {
  const hash = '$known$c2FsdA$a2V5';
  const setPassword = (note: (tx: Parameters<typeof appendAudit>[0]) => Promise<unknown>) =>
    base.db.begin(async (tx) => {
      await note(tx);
      await tx`update operator_password set hash = ${hash} where operator_id = ${who.lead}`;
    });
  const target = () => `operator:${who.lead}`;

  test('is found who sets a password under an event of something else', async () => {
    const entry = { action: 'session.ended', outcome: 'accepted', actor: 'system' } as const;
    await setPassword((tx) =>
      appendAudit(tx, [{ ...entry, occurred_at: Date.now(), target: target() }]),
    );
    await log.sequence();
    const { findings } = await check();
    expect(findings).toMatchObject([
      {
        event: await newest('credential.password_set', 'lead'),
        what: expect.stringMatching(/set up another than there is now: password of/),
      },
    ]);
  });

  test('sets one on the record only, which the log’s owner can declare unfounded', async () => {
    await setPassword((tx) =>
      noteCredential(tx, target(), who.lead, 'password_set', markSet(hash)),
    );
    const event = await newest('credential.password_set', 'lead');
    await log.sequence();
    expect((await check()).verdict).toBe('sound');
    const owner = openDb({ url: base.ownerUrl, max: 1 });
    const said = { event, by: who.lead, why: 'It was not me' };
    expect(await correctEvent(owner.sql, said).finally(() => owner.close())).toMatchObject({
      ok: true,
    });
    await log.sequence();
    const { findings } = await check();
    expect(findings.map(({ what }) => what)).toEqual([
      `it set up another than there is now: password of ${target()}`,
    ]);
  });
});

test('of passkeys that earlier versions kept, as many stay as their events say', async () => {
  await base.db.begin(async (tx) => {
    for (const id of ['old', 'older']) {
      await noteCredential(tx, `operator:${who.bare}`, who.bare, 'passkey_added');
      await tx`insert into passkey (id, operator_id, public_key, counter, transports, label)
        values (${id}, ${who.bare}, 'x', 0, '{}', '')`;
    }
    await noteCredential(tx, `operator:${who.bare}`, who.bare, 'passkey_removed');
    await tx`delete from passkey where id = 'older'`;
  });
  await log.sequence();
  expect(await check()).toMatchObject({ verdict: 'sound', findings: [] });
  await tamper(
    base,
    (sql) => sql`insert into passkey (id, operator_id, public_key, counter, transports, label)
      values ('theirs', ${who.bare}, 'x', 0, '{}', '')`,
  );
  expect((await check()).findings.map(({ what }) => what)).toEqual([
    `no event says that it was set up: passkey of operator:${who.bare}`,
  ]);
});
