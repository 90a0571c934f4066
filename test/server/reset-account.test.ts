import { expect, it } from 'vitest';
import { ormOn } from '#db/orm.ts';
import { operatorIdentity } from '#db/schema/credential.ts';
import { acceptLink } from '#server/auth/accept-link.ts';
import { noteCredential } from '#server/auth/accounts.ts';
import { redeemLink } from '#server/auth/links.ts';
import { disableOperator, linkOperator } from '#server/auth/operators.ts';
import { resetAccount } from '#server/auth/reset-account.ts';
import { readHeldSession } from '#server/auth/sessions.ts';
import { addAccount, PASSWORD, visitor } from '#test/support/accounts.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts, actions, addLead, signIn } = useAccounts();

it('leaves nothing to whoever took an account over, and its owner a link', async () => {
  const who = await addLead();
  const earlier = await linkOperator(base.db, 'system', { name: who.name, minutes: 5 });
  if (!earlier.ok) throw new Error(earlier.why);
  await base.db.begin(async (tx) => {
    await noteCredential(tx, who.ref, who.id, 'identity_linked');
    const values = { issuer: 'https://id.example', subject: 'a thief', operatorId: who.id };
    await ormOn(tx).insert(operatorIdentity).values(values);
  });
  const token = await resetAccount(base.db, 'system', { name: who.name, minutes: 5 });

  expect((await actions(who.ref)).slice(-2)).toEqual(['credential.reset', 'sign_in_link.created']);
  expect(await readHeldSession(base.db, who.token, accounts.limits)).toBeNull();
  expect(await redeemLink(base.db, earlier.token, accounts.limits)).toBeNull();
  expect(await signIn(who.name)).toMatchObject({ reason: 'wrong' });
  for (const kept of ['operator_password', 'passkey', 'code_secret', 'recovery_code']) {
    const rows = await base.db.sql`select from ${base.db.sql(kept)} where operator_id = ${who.id}`;
    expect([kept, rows.length]).toEqual([kept, 0]);
  }
  expect(await base.db.orm.$count(operatorIdentity)).toBe(0);

  const first = { token: token ?? '', name: '', password: PASSWORD };
  expect(await acceptLink(accounts, visitor(), 'invitation', first)).toMatchObject({ ok: true });
});

it('is nothing for nobody, and for someone disabled', async () => {
  const gone = await addAccount(accounts);
  await disableOperator(base.db, 'system', gone.name);
  for (const name of ['Nobody', gone.name]) {
    expect(await resetAccount(base.db, 'system', { name, minutes: 5 })).toBeNull();
  }
});
