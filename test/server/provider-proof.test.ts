import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '#db/client.ts';
import { changePassword } from '#server/auth/own-account.ts';
import { proveByProvider } from '#server/auth/prove-by-provider.ts';
import { type Errand, openProvider, type Provider } from '#server/auth/provider.ts';
import { resetAccount } from '#server/auth/reset-account.ts';
import { readSession, type Session } from '#server/auth/sessions.ts';
import { signInByProvider } from '#server/auth/sign-in-by-provider.ts';
import { addAccount, heldBy, mustEnter, visitor } from '#test/support/accounts.ts';
import { type Jar, passProvider } from '#test/support/at-provider.ts';
import { CLIENT, startProvider, type TestProvider } from '#test/support/oidc-provider.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const BACK = 'http://localhost:4600/sign-in/provider/back';
const { base, accounts, audit } = useAccounts();
let there: TestProvider;
let provider: Provider;

beforeAll(async () => {
  there = await startProvider(BACK);
  const config = {
    issuer: new URL(there.issuer),
    name: 'Example Org',
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    roleClaim: 'roles',
    roleMap: new Map([['trust-and-safety', ['moderator' as const]]]),
  };
  provider = openProvider(config, accounts.key);
});
afterAll(() => there.stop());

/** Sends somebody there and back. */
async function send(errand: Errand, name: string, jar?: Jar) {
  const { to, sealed } = await provider.begin(new URL(BACK), errand, '/operators');
  const { address, asked } = await passProvider(to, { name, back: BACK, ...(jar && { jar }) });
  return { came: { address, sealed }, asked };
}

/** Signs somebody in whom the provider says it asked so many seconds from now. */
async function enterAs(name: string, asked?: number | null, jar?: Jar) {
  there.people.set(name, {
    roles: ['trust-and-safety'],
    ...(asked !== undefined && { asked }),
  });
  const { came } = await send({ for: 'sign_in' }, name, jar);
  const { token } = mustEnter(await signInByProvider(accounts, visitor(), provider, came));
  return { token, session: await heldBy(accounts, token) };
}

async function prove(session: Session, name: string, asked?: number | null, jar?: Jar) {
  there.people.set(name, { roles: [], ...(asked !== undefined && { asked }) });
  const sent = await send({ for: 'proof', session: session.id }, name, jar);
  return { ...sent, answer: await proveByProvider(accounts, session, provider, sent.came) };
}

const isRecent = async (token: string) =>
  (await readSession(base.db, token, accounts.limits))?.isRecent;

describe('a sign-in at the organisation’s provider', () => {
  it.each([
    ['says that it has just asked', 0, true],
    ['let somebody through whom it knew', -120, false],
    ['does not say when it asked', null, false],
    ['says that it will ask', 120, false],
  ])('is fresh proof only where the provider %s', async (who, asked, isFresh) => {
    const { token, session } = await enterAs(who, asked);
    expect(await isRecent(token)).toBe(isFresh);
    const changed = await changePassword(accounts, session, 'eleven green llamas polka');
    expect(changed).toMatchObject(isFresh ? { ok: true } : { reason: 'reauthenticate' });
  });
});

describe('a sign-in whose account is reset before there is a session', () => {
  it('ends in none', async () => {
    const { session } = await enterAs('gus');
    const { came } = await send({ for: 'sign_in' }, 'gus');
    let begun = 0;
    /** The first brings the account in line, the second begins the session. */
    const begin: Db['begin'] = async (work) => {
      if (++begun === 2) await resetAccount(base.db, 'system', { name: 'gus', minutes: 5 });
      return base.db.begin(work);
    };
    const late = { ...accounts, db: { ...base.db, begin } };
    expect(await signInByProvider(late, visitor(), provider, came)).toMatchObject({ ok: false });
    const rows = await base.db.sql`
      select from session where operator_id = ${session.actor.id} and ended_at is null`;
    expect(rows).toHaveLength(0);
  });
});

describe('a proof at the organisation’s provider', () => {
  it('asks somebody anew whom the provider knows, and goes on at a new token', async () => {
    const jar: Jar = new Map();
    const { token, session } = await enterAs('ann', undefined, jar);
    expect((await send({ for: 'sign_in' }, 'ann', jar)).asked).toEqual([]);
    expect(await isRecent(token)).toBe(false);
    const { answer, asked } = await prove(session, 'ann', undefined, jar);
    expect(asked).toContain('login');
    if (!answer.ok) throw new Error(answer.reason);
    expect(answer.token).not.toBe(token);
    expect(await isRecent(answer.token)).toBe(true);
    expect(await isRecent(token)).toBeUndefined();
    const told = (await audit(session.ref)).map(({ action }) => action).slice(-3);
    expect(told).toEqual(['session.proven', 'session.ended', 'session.started']);
  });

  it.each([
    ['asked before', -120, 'provider_stale'],
    ['asked an hour ahead', 3_600, 'provider_stale'],
    ['does not say when it asked', null, 'provider_untimed'],
  ])('is none where the provider says that it %s, and that is on the record', async (...row) => {
    const [who, asked, reason] = row;
    const { token, session } = await enterAs(who);
    const { answer } = await prove(session, who, asked);
    expect(answer).toEqual({ ok: false, reason });
    expect(await isRecent(token)).toBe(false);
    expect((await audit(session.ref)).at(-1)).toEqual({
      action: 'sign_in.failed',
      outcome: 'refused',
    });
  });

  it.each([-10, 10])('bears clocks that are apart by %d s', async (asked) => {
    const { session } = await enterAs(`apart by ${asked}`);
    expect((await prove(session, `apart by ${asked}`, asked)).answer).toMatchObject({ ok: true });
  });

  it('is nobody else’s, there or here', async () => {
    const { session } = await enterAs('bea');
    const other = (await enterAs('cem')).session;
    expect((await prove(session, 'cem', 0)).answer).toMatchObject({ reason: 'identity_foreign' });
    const own = await heldBy(accounts, (await addAccount(accounts)).token);
    expect((await prove(own, 'bea', 0)).answer).toMatchObject({ reason: 'identity_foreign' });
    // What another session, or another errand, began.
    const begun = await send({ for: 'proof', session: session.id }, 'bea');
    expect(await proveByProvider(accounts, other, provider, begun.came)).toMatchObject({
      reason: 'provider_failed',
    });
    for (const errand of [
      { for: 'sign_in' },
      { for: 'link', session: session.id },
    ] satisfies Errand[]) {
      const { came } = await send(errand, 'bea');
      expect(await proveByProvider(accounts, session, provider, came)).toMatchObject({
        reason: 'provider_failed',
      });
    }
  });
});
