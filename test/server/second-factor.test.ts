import { describe, expect, it } from 'vitest';
import { offerCodes } from '#server/auth/one-time-codes.ts';
import { removeCodes, renewRecoveryCodes } from '#server/auth/own-account.ts';
import { proveAgain } from '#server/auth/prove-again.ts';
import { enrolCodes, enrolPasskey, giveCode } from '#server/auth/second-factor.ts';
import { readHeldSession, readSession } from '#server/auth/sessions.ts';
import {
  addAccount,
  codeOf,
  heldBy,
  mustEnter,
  PASSWORD,
  visitor,
} from '#test/support/accounts.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts, actions, addLead, signIn } = useAccounts();

describe('a second factor', () => {
  it('is what a lead sets up before anything else, at a new token', async () => {
    const who = await addAccount(accounts, ['lead']);
    expect(who.landing).toBe('/second-factor');
    expect(await readSession(base.db, who.token, accounts.limits)).toBeNull();
    const held = await heldBy(accounts, who.token);
    const { secret, sealed } = offerCodes(accounts.key, who);
    const enrol = (code: string, offer = sealed) =>
      enrolCodes(accounts, visitor(who.token), held, { sealed: offer, code });
    expect(await enrol('000000')).toMatchObject({ reason: 'wrong_code' });
    expect(await enrol(codeOf(secret), 'AAAA')).toMatchObject({ reason: 'wrong_code' });
    const others = offerCodes(accounts.key, { id: 'someone-else', name: 'x' });
    expect(await enrol(codeOf(others.secret), others.sealed)).toMatchObject({
      reason: 'wrong_code',
    });
    const done = mustEnter(await enrol(codeOf(secret)));
    expect(done.recoveryCodes).toHaveLength(10);
    expect(done.token).not.toBe(who.token);
    expect(await readHeldSession(base.db, who.token, accounts.limits)).toBeNull();
    expect(await readSession(base.db, done.token, accounts.limits)).toMatchObject({ ref: who.ref });
    expect(await actions(who.ref)).toEqual([
      'operator.added',
      'sign_in_link.created',
      'credential.password_set',
      'session.started',
      'credential.codes_set',
      'credential.recovery_codes_made',
      'session.ended',
      'session.started',
    ]);
  });

  it('is set up with fresh proof only: not in a browser that was signed in long ago', async () => {
    const who = await addAccount(accounts, ['lead']);
    await ageProof(base, who.id);
    const held = await heldBy(accounts, who.token);
    const { secret, sealed } = offerCodes(accounts.key, who);
    const from = visitor(who.token);
    for (const answer of [
      await enrolCodes(accounts, from, held, { sealed, code: codeOf(secret) }),
      await enrolPasskey(accounts, from, held, {}),
    ]) {
      expect(answer).toEqual({ ok: false, reason: 'reauthenticate' });
    }
    const { token } = mustEnter(await signIn(who.name, PASSWORD, from));
    const again = await heldBy(accounts, token);
    const enrolled = { sealed, code: codeOf(secret) };
    expect(await enrolCodes(accounts, visitor(token), again, enrolled)).toMatchObject({ ok: true });
  });

  it('cannot be added by whoever knows only the password', async () => {
    const lead = await addLead();
    const { token } = mustEnter(await signIn(lead.name));
    const held = await heldBy(accounts, token);
    const { secret, sealed } = offerCodes(accounts.key, lead);
    const mine = { sealed, code: codeOf(secret) };
    expect(await enrolCodes(accounts, visitor(token), held, mine)).toMatchObject({
      reason: 'forbidden',
    });
  });

  it('takes each code once, within a step of now', async () => {
    const lead = await addLead();
    const attempt = async (code: string) => {
      const { token } = mustEnter(await signIn(lead.name));
      return giveCode(accounts, visitor(token), await heldBy(accounts, token), code);
    };
    const code = codeOf(lead.secret);
    expect(await attempt(codeOf(lead.secret, -1))).toMatchObject({ reason: 'wrong_code' });
    expect(await attempt(codeOf(lead.secret, 4))).toMatchObject({ reason: 'wrong_code' });
    const both = await Promise.all([attempt(code), attempt(code)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await attempt(code)).toMatchObject({ reason: 'wrong_code' });
  });

  it('takes each recovery code once, however it is typed', async () => {
    const lead = await addLead();
    const [first = '', second = ''] = lead.recoveryCodes;
    const attempt = async (code: string) => {
      const { token } = mustEnter(await signIn(lead.name));
      return giveCode(accounts, visitor(token), await heldBy(accounts, token), code);
    };
    const typed = first
      .toLowerCase()
      .replaceAll('-', ' ')
      .replaceAll('1', 'l')
      .replaceAll('0', 'o');
    expect(await attempt(typed)).toMatchObject({ ok: true });
    expect(await attempt(first)).toMatchObject({ reason: 'wrong_code' });
    const both = await Promise.all([attempt(second), attempt(second)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    const rows = await base.db.sql`select hash from recovery_code where operator_id = ${lead.id}`;
    expect(JSON.stringify(rows)).not.toContain(first.replaceAll('-', ''));
  });

  it('slows guessing down too', async () => {
    const lead = await addLead();
    const { token } = mustEnter(await signIn(lead.name));
    const held = await heldBy(accounts, token);
    const guess = () => giveCode(accounts, visitor(token), held, '000000');
    for (let n = 0; n < 6; n++) expect(await guess()).toMatchObject({ reason: 'wrong_code' });
    expect(await guess()).toMatchObject({ reason: 'limited', retryAfter: 1 });
    // Whoever has the password alone doesn't keep its owner from a proof where they are signed in.
    const own = await heldBy(accounts, lead.token);
    const proof = { password: PASSWORD };
    expect(await proveAgain(accounts, visitor(lead.token), own, proof)).toMatchObject({ ok: true });
  });

  it('is slowed down for who only knows the password, and not where its owner has given it lately', async () => {
    const lead = await addLead();
    /** One who knows the password tries a code. */
    const attempt = async (network: string, code: string, from = accounts) => {
      const { token } = mustEnter(await signIn(lead.name));
      return giveCode(from, visitor(token, network), await heldBy(accounts, token), code);
    };
    expect(await attempt('home', codeOf(lead.secret))).toMatchObject({ ok: true });
    // From wherever they come, and though the password is right each time.
    for (let n = 0; n < 6; n++) {
      expect(await attempt(`abroad ${n}`, '000000')).toMatchObject({ reason: 'wrong_code' });
    }
    expect(await attempt('abroad 7', '000000')).toMatchObject({ reason: 'limited' });
    const [next = '', last = ''] = lead.recoveryCodes;
    expect(await attempt('home', next)).toMatchObject({ ok: true });
    // The day after, when the network goes by another name.
    const cohort = { today: 'another name', yesterday: 'cohort of home' };
    const tomorrow = { ...accounts, cohortOf: async () => cohort };
    expect(await attempt('home', last, tomorrow)).toMatchObject({ ok: true });
    // Who guesses where its owner is, too, is slowed down there.
    for (let n = 0; n < 6; n++) {
      expect(await attempt('home', '000000')).toMatchObject({ reason: 'wrong_code' });
    }
    expect(await attempt('home', '000000')).toMatchObject({ reason: 'limited', retryAfter: 1 });
  });

  it('makes no network known that only knows the password', async () => {
    const lead = await addLead();
    const from = visitor(null, 'thief');
    const { token } = mustEnter(await signIn(lead.name, PASSWORD, from));
    const held = await heldBy(accounts, token);
    for (let n = 0; n < 6; n++) await giveCode(accounts, from, held, '000000');
    const elsewhere = visitor(null, 'another of the thief’s');
    expect(await giveCode(accounts, elsewhere, held, '000000')).toMatchObject({
      reason: 'limited',
    });
  });

  it('stays with a lead, whose secret is sealed where it is kept', async () => {
    const lead = await addLead();
    const held = await heldBy(accounts, lead.token);
    expect(await removeCodes(accounts, held)).toMatchObject({ reason: 'last_factor' });
    const renewed = await renewRecoveryCodes(accounts, held);
    expect(renewed).toMatchObject({ ok: true });
    const [row] = await base.db.sql`select sealed from code_secret where operator_id = ${lead.id}`;
    expect(row?.sealed).not.toContain(lead.secret);
  });

  it('is asked of someone who became a lead meanwhile', async () => {
    const who = await addAccount(accounts);
    expect(await readSession(base.db, who.token, accounts.limits)).not.toBeNull();
    await asOwner(base, async (sql) => {
      await sql`alter table operator disable trigger all`;
      await sql`update operator set roles = '{lead}' where id = ${who.id}`;
      await sql`alter table operator enable trigger all`;
    });
    expect(await readSession(base.db, who.token, accounts.limits)).toBeNull();
    expect((await heldBy(accounts, who.token)).isWanting).toBe(true);
  });
});
