import { expect, it } from 'vitest';
import type { Accounts } from '#server/auth/accounts.ts';
import { linkIdentity, unlinkIdentity } from '#server/auth/link-identity.ts';
import { openProvider, type Provider, type ProviderClaims } from '#server/auth/provider.ts';
import { startSession } from '#server/auth/sessions.ts';
import { heldBy } from '#test/support/accounts.ts';
import { addOperator } from '#test/support/rooms.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts } = useAccounts();
const [NOW, BEFORE] = ['https://id.example.org', 'https://old.example.org'];

/** A provider as configured, in whose place the test says whom it lets in. */
function providerOf(issuer: string, subject = 'ann'): Provider {
  const config = { name: 'Example Org', clientId: 'x', clientSecret: 'x', roleClaim: 'roles' };
  const opened = openProvider(
    { ...config, issuer: new URL(issuer), roleMap: new Map() },
    accounts.key,
  );
  const claims: ProviderClaims = {
    issuer: issuer.replace(/\/$/, ''),
    subject,
    name: subject,
    roles: [],
    isStrong: false,
    asked: 'anew',
  };
  return { ...opened, finish: async () => claims };
}

/** An operator without a password whose sign-ins at these issuers are linked. */
async function comeBy(...issuers: string[]) {
  const who = await addOperator(base.db, ['moderator']);
  const holder = { kind: 'operator', id: who.id } as const;
  const token = await base.db.begin((tx) => startSession(tx, holder, accounts.limits));
  const held = await heldBy(accounts, token);
  const came = { address: new URL('http://localhost'), sealed: null };
  for (const issuer of issuers) {
    expect(await linkIdentity(accounts, held, providerOf(issuer, who.id), came)).toEqual({
      ok: true,
    });
  }
  const unlink = (issuer: string, provider: Provider | null) => {
    const now: Accounts = { ...accounts, provider };
    return unlinkIdentity(now, held, { issuer, subject: who.id });
  };
  return { unlink };
}

it('is not given up for one at an issuer that is configured no more', async () => {
  const { unlink } = await comeBy(NOW, BEFORE);
  expect(await unlink(NOW, providerOf(NOW))).toEqual({ ok: false, reason: 'last_way_in' });
  expect(await unlink(NOW, null)).toEqual({ ok: false, reason: 'last_way_in' });
  expect(await unlink(BEFORE, providerOf(NOW))).toEqual({ ok: true });
  expect(await unlink(NOW, providerOf(NOW))).toEqual({ ok: false, reason: 'last_way_in' });
});

it.each([`${NOW}/`, `${NOW}/.well-known/openid-configuration`])(
  'is a way in however its issuer is configured: %s',
  async (configured) => {
    const { unlink } = await comeBy(NOW, BEFORE);
    expect(await unlink(BEFORE, providerOf(configured))).toEqual({ ok: true });
  },
);
