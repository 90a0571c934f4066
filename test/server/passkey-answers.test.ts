import { beforeAll, describe, expect, it } from 'vitest';
import { askToSign } from '#server/auth/passkeys.ts';
import { enrolPasskey, givePasskey } from '#server/auth/second-factor.ts';
import { signInByPasskey } from '#server/auth/sign-in-by-passkey.ts';
import { makeToken } from '#server/auth/token.ts';
import { addAccount, heldBy, visitor } from '#test/support/accounts.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts } = useAccounts();

describe('an answer that no passkey gave', () => {
  // One for all: nothing of what is refused leaves a trace in the account.
  let who: Awaited<ReturnType<typeof addAccount>>;
  beforeAll(async () => {
    who = await addAccount(accounts, ['lead']);
  });
  const good = 'AAAA';
  const shaped = (more: object) => ({
    id: good,
    rawId: good,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: good,
      authenticatorData: good,
      signature: good,
      attestationObject: good,
      ...more,
    },
  });
  const saying = (said: unknown) => ({
    clientDataJSON: Buffer.from(JSON.stringify(said)).toString('base64url'),
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'passkey'],
    ['an array', []],
    ['an empty object', {}],
    ['one without a response', { ...shaped({}), response: null }],
    ['one that is no JSON', shaped({})],
    ['one that says null', shaped(saying(null))],
    ['one with a challenge that is none', shaped(saying({ challenge: { $gt: '' } }))],
    ['one with a guessed challenge', shaped(saying({ challenge: makeToken() }))],
    ['one with NUL', shaped({ signature: '\0' })],
    ['half a megabyte', shaped({ signature: 'A'.repeat(500_000) })],
  ])('is refused: %s', async (_, given) => {
    const held = await heldBy(accounts, who.token);
    const refused = { ok: false, reason: 'passkey_failed' };
    expect(await signInByPasskey(accounts, visitor(), given)).toEqual(refused);
    expect(await enrolPasskey(accounts, visitor(who.token), held, given)).toEqual(refused);
    expect(await givePasskey(accounts, visitor(who.token), held, given)).toEqual(refused);
  });

  it('uses up the challenge that it names, made for this alone', async () => {
    const { challenge } = (await askToSign(base.db, visitor(), 'sign_in', null)) as {
      challenge: string;
    };
    const left = async () => (await base.db.sql`select 1 from passkey_challenge`).length;
    const before = await left();
    const given = shaped(saying({ challenge }));
    const held = await heldBy(accounts, who.token);
    await givePasskey(accounts, visitor(who.token), held, given);
    expect(await left()).toBe(before);
    await signInByPasskey(accounts, visitor(), given);
    expect(await left()).toBe(before - 1);
  });
});
