import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Accounts } from '#server/auth/accounts.ts';
import { keepPasskey } from '#server/auth/passkeys.ts';
import { confirmTerminal, isConfirmed } from '#server/auth/prove-in-console.ts';
import { startSession } from '#server/auth/sessions.ts';
import { makeCode, spellCode } from '#server/auth/typed-code.ts';
import { main } from '#server/cli/main.ts';
import { heldBy } from '#test/support/accounts.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { addOperator } from '#test/support/rooms.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts, addLead } = useAccounts();

/** Somebody with a passkey and nothing else, who has just signed in by it. */
async function addPasskeyHolder({ db, limits }: Accounts) {
  const who = await addOperator(db, ['lead']);
  const token = await db.begin(async (tx) => {
    const made = { id: randomUUID(), publicKey: 'key', counter: 0, transports: [] };
    await keepPasskey(tx, who.id, made, '');
    const proof = { strength: 'strong', browser: 'firefox', by: 'passkey' } as const;
    return startSession(tx, who.actor, limits, proof);
  });
  return { ...who, token };
}

/** `rostrum` with nobody typing at it; resolves to the code that it shows, or to how it ended. */
function start(...args: string[]) {
  let complaint = '';
  const shown = Promise.withResolvers<string>();
  const env = {
    DATABASE_URL: base.appUrl,
    DATABASE_OWNER_URL: base.ownerUrl,
    ERASER_DATABASE_URL: base.eraserUrl,
    PUBLIC_URL: 'https://rostrum.example',
    ACCOUNT_KEY: 'an account key of the tests, long enough',
  };
  const write = (text: string) => {
    complaint += text;
    const code = /https:\/\/rostrum\.example\/terminal .*: (\w{4}-\w{4}-\w{4})\n/.exec(
      complaint,
    )?.[1];
    if (code !== undefined) shown.resolve(code);
  };
  const ended = main(args, { env, out: { write }, err: { write }, answers: Readable.from([]) });
  ended.then(() => shown.reject(new Error(complaint)), shown.reject);
  return { shown: shown.promise, ended, complaint: () => complaint };
}

describe('who is at the command line', () => {
  it('is proven by a code confirmed in the console, where they have no password', async () => {
    const { id, name, token } = await addPasskeyHolder(accounts);
    const erasing = start('erase', 'nobody', '--basis', 'Art. 17', '--by', name);
    const code = await erasing.shown;
    const held = await heldBy(accounts, token);
    expect(await confirmTerminal(accounts, held, { code, purpose: 'erasure' })).toEqual({
      ok: true,
    });
    expect(await erasing.ended).toBe(1);
    expect(erasing.complaint()).toContain('no such member');
    const said = await base.db.sql<{ action: string; outcome: string }[]>`
      select action, outcome from audit.event where target_ref = ${`operator:${id}`}
      order by event_id desc limit 1`;
    expect([...said]).toEqual([{ action: 'operator.proven', outcome: 'accepted' }]);
    expect(JSON.stringify(await base.db.sql`select * from audit.event`)).not.toContain(
      code.replaceAll('-', ''),
    );
  }, 60_000);

  it('may be proven so with a password, too', async () => {
    const lead = await addLead();
    const reason = ['--reason', 'Not so', '--in-console'];
    const correcting = start('audit', 'correct', randomUUID(), '--by', lead.name, ...reason);
    const code = (await correcting.shown).toLowerCase().replaceAll('-', ' ');
    const held = await heldBy(accounts, lead.token);
    await confirmTerminal(accounts, held, { code, purpose: 'correction' });
    expect(await correcting.ended).toBe(1);
    expect(correcting.complaint()).toContain('no such event');
  }, 60_000);

  it('is not proven by another, for something else, by another code or without fresh proof', async () => {
    const [holder, other] = [await addPasskeyHolder(accounts), await addPasskeyHolder(accounts)];
    const code = makeCode();
    const asked = { code, purpose: 'erasure' } as const;
    const spelt = spellCode(code);
    const is = () => isConfirmed(base.db, holder.id, asked);
    const held = await heldBy(accounts, holder.token);
    const confirm = (more: object, who = held) =>
      confirmTerminal(accounts, who, { code: spelt, purpose: 'erasure', ...more });

    expect(await confirm({}, await heldBy(accounts, other.token))).toEqual({ ok: true });
    expect(await confirm({ purpose: 'correction' })).toEqual({ ok: true });
    expect(await confirm({ code: spellCode(makeCode()) })).toEqual({ ok: true });
    const refused = (reason: string) => ({ ok: false, reason });
    expect(await confirm({ code: '000' })).toEqual(refused('wrong_code'));
    expect(await confirm({ purpose: '' })).toEqual(refused('not_found'));
    await ageProof(base, holder.id);
    const stale = await heldBy(accounts, holder.token);
    expect(await confirm({}, stale)).toEqual(refused('reauthenticate'));
    expect(await is()).toBe(false);
    expect(await confirm({})).toEqual({ ok: true });
    expect(await is()).toBe(true);
  });
});
