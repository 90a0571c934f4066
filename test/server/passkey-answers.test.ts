import { beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '#db/client.ts';
import { askToSign, keepPasskey } from '#server/auth/passkeys.ts';
import { resetAccount } from '#server/auth/reset-account.ts';
import { enrolPasskey, givePasskey } from '#server/auth/second-factor.ts';
import { signInByPasskey } from '#server/auth/sign-in-by-passkey.ts';
import { makeToken } from '#server/auth/token.ts';
import { addAccount, heldBy, visitor } from '#test/support/accounts.ts';
import { makeSoftPasskey, type Signing } from '#test/support/soft-passkey.ts';
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

describe('what a passkey signed', () => {
  /** An operator with a passkey; `signed` answers a new challenge with it. */
  async function addOwner() {
    const who = await addAccount(accounts, ['lead']);
    const key = makeSoftPasskey();
    await base.db.begin((tx) => keepPasskey(tx, who.id, key.made, ''));
    const signed = async (
      more: Partial<Signing> = {},
      purpose: 'sign_in' | 'confirm' = 'sign_in',
    ) => {
      const of = purpose === 'sign_in' ? null : who.id;
      const { challenge } = (await askToSign(base.db, visitor(), purpose, of)) as Signing;
      return key.answer({ challenge, ...more });
    };
    return { ...who, signed };
  }
  const signIn = (given: unknown, on = accounts) => signInByPasskey(on, visitor(), given);

  it('lets its owner in once for each challenge', async () => {
    const owner = await addOwner();
    const given = await owner.signed();
    expect(await signIn(given)).toMatchObject({ ok: true });
    expect(await signIn(given)).toEqual({ ok: false, reason: 'passkey_failed' });
    expect(await signIn(await owner.signed({ counter: 2, handle: owner.id }))).toMatchObject({
      ok: true,
    });
  });

  it.each<[string, Partial<Signing>]>([
    ['on a page of another site', { origin: 'https://rostrum.example.net' }],
    ['for another name', { name: 'example.net' }],
    ['without asking who holds it', { isVerified: false }],
    ['as a copy of it would', { counter: 1 }],
    ['for another account', { handle: '00000000-0000-4000-8000-000000000000' }],
  ])('is refused when it did so %s', async (_, more) => {
    const owner = await addOwner();
    expect(await signIn(await owner.signed())).toMatchObject({ ok: true });
    const given = await owner.signed({ counter: 2, ...more });
    expect(await signIn(given)).toEqual({ ok: false, reason: 'passkey_failed' });
  });

  it('is worth nothing once the passkey was taken away, be it a moment later', async () => {
    const owner = await addOwner();
    const [held, given] = [await heldBy(accounts, owner.token), await owner.signed()];
    const confirmed = await owner.signed({}, 'confirm');
    let isReset = false;
    /** As if the account were reset after the passkey was checked, and before there is a session. */
    const begin: Db['begin'] = async (work) => {
      if (!isReset) await resetAccount(base.db, 'system', { name: owner.name, minutes: 5 });
      isReset = true;
      return base.db.begin(work);
    };
    const late = { ...accounts, db: { ...base.db, begin } };
    expect(await signIn(given, late)).toEqual({ ok: false, reason: 'passkey_failed' });
    isReset = false;
    expect(await givePasskey(late, visitor(owner.token), held, confirmed)).toMatchObject({
      ok: false,
    });
    const rows = await base.db.sql`
      select from session where operator_id = ${owner.id} and ended_at is null`;
    expect(rows).toHaveLength(0);
  });
});
