import { beforeAll, describe, expect, it } from 'vitest';
import { acceptLink, readLink } from '#server/auth/accept-link.ts';
import type { Accounts } from '#server/auth/accounts.ts';
import { inviteByCommand, inviteOperator } from '#server/auth/invite.ts';
import { redeemLink } from '#server/auth/links.ts';
import { offerCodes } from '#server/auth/one-time-codes.ts';
import { disableOperator } from '#server/auth/operators.ts';
import { changePassword, removeCodes, renewRecoveryCodes } from '#server/auth/own-account.ts';
import { askToSign, forgetChallenges } from '#server/auth/passkeys.ts';
import { proveAgain } from '#server/auth/prove-again.ts';
import { enrolCodes, enrolPasskey, giveCode, givePasskey } from '#server/auth/second-factor.ts';
import { endOtherSessions, endSessionById, listSessions } from '#server/auth/session-list.ts';
import { readHeldSession, readSession } from '#server/auth/sessions.ts';
import { makeSetUpLink } from '#server/auth/set-up.ts';
import { signInByPasskey } from '#server/auth/sign-in-by-passkey.ts';
import { signInByPassword } from '#server/auth/sign-in-by-password.ts';
import { forgetTries } from '#server/auth/sign-in-limit.ts';
import { hashToken, makeToken } from '#server/auth/token.ts';
import {
  accountsOf,
  addAccount,
  codeOf,
  heldBy,
  mustEnter,
  PASSWORD,
  visitor,
} from '#test/support/accounts.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
const ended: string[] = [];
const accounts = {} as Accounts;
beforeAll(() => void Object.assign(accounts, accountsOf(base, ended)));

const audit = (target: string) => base.db.sql<{ action: string; outcome: string }[]>`
  select action, outcome from audit.event where target_ref = ${target} order by event_id`;
const actions = async (target: string) => (await audit(target)).map(({ action }) => action);

/** A lead who has set one-time codes up. */
async function addLead() {
  const who = await addAccount(accounts, ['lead']);
  const held = await heldBy(accounts, who.token);
  const { secret, sealed } = offerCodes(accounts.key, who);
  const code = codeOf(secret, -1);
  const answer = await enrolCodes(accounts, visitor(who.token), held, { sealed, code });
  const { token, recoveryCodes = [] } = mustEnter(answer);
  return { ...who, token, secret, recoveryCodes, before: who.token };
}

const signIn = (name: string, password = PASSWORD, from = visitor()) =>
  signInByPassword(accounts, from, { name, password });

describe('the first start', () => {
  it('makes one admin by a link, who then needs a second factor', async () => {
    const token = (await makeSetUpLink(base.db, 5)) ?? '';
    const spare = (await makeSetUpLink(base.db, 5)) ?? '';
    expect(await readLink(base.db, token, 'set_up')).toMatchObject({ name: null });
    expect(await readLink(base.db, token, 'invitation')).toBeNull();
    expect(await redeemLink(base.db, token, accounts.limits)).toBeNull();

    const nameless = { token, name: '  ', password: PASSWORD };
    expect(await acceptLink(accounts, visitor(), 'set_up', nameless)).toEqual({
      ok: false,
      reason: 'name_missing',
    });
    const weak = { token, name: 'Ada', password: 'short' };
    expect(await acceptLink(accounts, visitor(), 'set_up', weak)).toMatchObject({
      reason: 'too_short',
    });
    const first = { token, name: 'Ada', password: PASSWORD };
    const answers = await Promise.all(
      [token, spare].map((each) =>
        acceptLink(accounts, visitor(), 'set_up', { ...first, token: each, name: `Ada ${each}` }),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => ok)).toMatchObject({ landing: '/second-factor' });
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ reason: 'link_unusable' });
    expect(await makeSetUpLink(base.db, 5)).toBeNull();
    const admins = await base.db.sql`select name, roles from operator`;
    expect(admins).toEqual([{ name: expect.stringMatching(/^Ada /), roles: ['admin'] }]);
  });
});

describe('an invitation', () => {
  it('is used up by a good password alone, and opens nothing else', async () => {
    const invited = await inviteByCommand(base.db, 'system', {
      name: 'Bo',
      roles: ['moderator'],
      minutes: 5,
    });
    const token = invited.ok ? invited.token : '';
    expect(await redeemLink(base.db, token, accounts.limits)).toBeNull();
    const accept = (password: string) =>
      acceptLink(accounts, visitor(), 'invitation', { token, name: '', password });
    for (const [password, reason] of [
      ['elevenchars', 'too_short'],
      ['x'.repeat(257), 'too_long'],
      ['rostrumrostrum', 'guessable'],
      ['aaaaaaaaaaaa', 'guessable'],
      ['qwertyuiop123', 'common'],
    ]) {
      expect([password, await accept(password as string)]).toMatchObject([password, { reason }]);
    }
    expect(await accept(PASSWORD)).toMatchObject({ ok: true, landing: '/rooms' });
    expect(await accept(PASSWORD)).toEqual({ ok: false, reason: 'link_unusable' });
    expect(await signIn('bo')).toMatchObject({ ok: true, landing: '/rooms' });
  });

  it.each(['', 'x', makeToken(), '\0'.repeat(43), 'y'.repeat(100_000)])(
    'is not %j',
    async (token) => {
      const first = { token, name: 'Eve', password: PASSWORD };
      for (const purpose of ['invitation', 'set_up'] as const) {
        expect(await acceptLink(accounts, visitor(), purpose, first)).toEqual({
          ok: false,
          reason: 'link_unusable',
        });
      }
    },
  );

  it('is made by an admin who proved lately who they are', async () => {
    const [lead, admin] = [await addLead(), await addAccount(accounts, ['admin'])];
    const invited = { name: 'Cleo', roles: ['moderator'], minutes: 5 } as const;
    const asLead = await heldBy(accounts, lead.token);
    const asAdmin = await heldBy(accounts, admin.token);
    expect(await inviteOperator(base.db, asLead, invited)).toEqual({
      ok: false,
      reason: 'forbidden',
    });
    const stale = { ...asAdmin, isRecent: false };
    expect(await inviteOperator(base.db, stale, invited)).toMatchObject({
      reason: 'reauthenticate',
    });
    expect(await inviteOperator(base.db, asAdmin, invited)).toMatchObject({ ok: true });
  });
});

describe('a password', () => {
  it('is the same however its letters are composed, and whatever the case of the name', async () => {
    const composed = 'caf\u00e9 otters waltz nine';
    const invited = await inviteByCommand(base.db, 'system', {
      name: 'Zoë',
      roles: ['moderator'],
      minutes: 5,
    });
    const token = invited.ok ? invited.token : '';
    const first = { token, name: '', password: composed };
    mustEnter(await acceptLink(accounts, visitor(), 'invitation', first));
    expect(await signIn('ZO\u00cb', composed.normalize('NFD'))).toMatchObject({ ok: true });
    expect(await signIn(' zoe\u0308 ', composed)).toMatchObject({ ok: true });
  });

  it('is refused alike for a wrong one, nobody, someone disabled and someone without one', async () => {
    const [right, gone] = [await addAccount(accounts), await addAccount(accounts)];
    await disableOperator(base.db, 'system', gone.name);
    await inviteByCommand(base.db, 'system', { name: 'Fresh', roles: ['lead'], minutes: 5 });
    const answers = await Promise.all([
      signIn(right.name, 'not this one at all'),
      signIn('Nobody', PASSWORD),
      signIn(gone.name, PASSWORD),
      signIn('Fresh', PASSWORD),
      signIn('\0', PASSWORD),
      signIn('x'.repeat(100_000), PASSWORD),
      signInByPassword(accounts, visitor(), { name: { $ne: 1 }, password: [PASSWORD] }),
    ]);
    for (const answer of answers) expect(answer).toEqual({ ok: false, reason: 'wrong' });
    expect((await audit(right.ref)).at(-1)).toEqual({
      action: 'sign_in.failed',
      outcome: 'refused',
    });
    const [leaked] = await base.db.sql`
      select count(*)::int as rows from audit.event where leaf::text like '%Nobody%'`;
    expect(leaked?.rows).toBe(0);
  });

  it('slows guessing down in every process, and the owner on their own network not at all', async () => {
    const owner = await addAccount(accounts);
    const home = visitor(null, 'home');
    mustEnter(await signIn(owner.name, PASSWORD, home));
    const other = accountsOf(base);
    for (let n = 0; n < 6; n++) {
      const from = n % 2 === 0 ? accounts : other;
      const given = { name: owner.name, password: `wrong ${n}` };
      const answer = await signInByPassword(from, visitor(null, 'attacker'), given);
      expect(answer).toEqual({ ok: false, reason: 'wrong' });
    }
    for (const from of [accounts, other]) {
      const given = { name: owner.name, password: PASSWORD };
      const answer = await signInByPassword(from, visitor(null, 'attacker'), given);
      expect(answer).toMatchObject({ ok: false, reason: 'limited', retryAfter: 1 });
    }
    expect(await signIn(owner.name, PASSWORD, home)).toMatchObject({ ok: true });

    // The same for a name that nobody has.
    for (let n = 0; n < 6; n++) await signIn('Ghost', `wrong ${n}`, visitor(null, 'attacker'));
    const ghost = await signIn('Ghost', PASSWORD, visitor(null, 'attacker'));
    expect(ghost).toMatchObject({ ok: false, reason: 'limited', retryAfter: 1 });
  });

  it('waits longer after each further failure, a quarter of an hour at most', async () => {
    const owner = await addAccount(accounts);
    const from = visitor(null, 'patient');
    for (let n = 0; n < 6; n++) await signIn(owner.name, 'wrong', from);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      const refused = await signIn(owner.name, 'wrong', from);
      waits.push('retryAfter' in refused ? (refused.retryAfter ?? 0) : 0);
      await asOwner(base, (sql) => sql`update sign_in_limit set next_at = now()`);
      await signIn(owner.name, 'wrong', from);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('is only tried a bounded number at a time', async () => {
    const owner = await addAccount(accounts);
    const all = await Promise.all(Array.from({ length: 40 }, () => signIn(owner.name)));
    const kinds = new Set(all.map((answer) => (answer.ok ? 'in' : answer.reason)));
    expect(kinds).toContain('busy');
    expect(kinds).toContain('in');
    expect(kinds).not.toContain('wrong');
  });

  it('when changed, ends the other sessions; and not without proof of late', async () => {
    const who = await addAccount(accounts);
    const second = mustEnter(await signIn(who.name));
    const held = await heldBy(accounts, who.token);
    const stale = { ...held, isRecent: false };
    const better = 'eleven green llamas polka';
    expect(await changePassword(accounts, stale, better)).toMatchObject({
      reason: 'reauthenticate',
    });
    expect(await changePassword(accounts, held, 'short')).toMatchObject({ reason: 'too_short' });
    expect(await changePassword(accounts, held, better)).toEqual({ ok: true });
    expect(await readHeldSession(base.db, second.token, accounts.limits)).toBeNull();
    expect(ended).toContain(hashToken(second.token));
    expect(await signIn(who.name)).toMatchObject({ reason: 'wrong' });
    expect(await signIn(who.name, better)).toMatchObject({ ok: true });
  });
});

describe('a token', () => {
  it('known before a sign-in is worth nothing after it, whoever had it', async () => {
    const [attacker, victim] = [await addAccount(accounts), await addAccount(accounts)];
    const planted = visitor(attacker.token);
    const { token } = mustEnter(await signIn(victim.name, PASSWORD, planted));
    expect(token).not.toBe(attacker.token);
    expect(await readHeldSession(base.db, attacker.token, accounts.limits)).toBeNull();
    expect((await heldBy(accounts, token)).ref).toBe(victim.ref);
    expect(ended).toContain(hashToken(attacker.token));
  });

  it('lasts a quarter of an hour while a second factor is owed', async () => {
    const lead = await addLead();
    const { token } = mustEnter(await signIn(lead.name));
    const [row] = await base.db.sql`
      select expires_at between now() + interval '14 minutes' and now() + interval '15 minutes' as short
      from session where token_hash = ${hashToken(token)}`;
    expect(row?.short).toBe(true);
  });
});

describe('what was counted', () => {
  it('is forgotten after two days, and unanswered challenges when they end', async () => {
    await signIn('Somebody', 'wrong');
    await askToSign(base.db, visitor(), 'sign_in', null);
    expect(await forgetTries(base.db)).toBe(0);
    expect(await forgetChallenges(base.db)).toBe(0);
    await asOwner(base, async (sql) => {
      await sql`update sign_in_limit set last_at = now() - interval '49 hours'`;
      await sql`update passkey_challenge set expires_at = now() - interval '1 second'`;
    });
    expect(await forgetTries(base.db)).toBeGreaterThan(0);
    expect(await forgetChallenges(base.db)).toBe(1);
  });
});

describe('an answer that no passkey gave', () => {
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
    const who = await addAccount(accounts, ['lead']);
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
    const who = await addAccount(accounts, ['lead']);
    const held = await heldBy(accounts, who.token);
    await givePasskey(accounts, visitor(who.token), held, given);
    expect(await left()).toBe(before);
    await signInByPasskey(accounts, visitor(), given);
    expect(await left()).toBe(before - 1);
  });
});

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

describe('proof of late', () => {
  it('runs out after ten minutes, and comes back by the password', async () => {
    const who = await addAccount(accounts);
    await asOwner(base, async (sql) => {
      await sql`alter table session disable trigger all`;
      await sql`update session set proven_at = now() - interval '11 minutes'
        where token_hash = ${hashToken(who.token)}`;
      await sql`alter table session enable trigger all`;
    });
    const held = await heldBy(accounts, who.token);
    expect(held.isRecent).toBe(false);
    const prove = (password: string) =>
      proveAgain(accounts, visitor(who.token), held, { password });
    expect(await prove('wrong')).toMatchObject({ reason: 'wrong' });
    expect((await heldBy(accounts, who.token)).isRecent).toBe(false);
    expect(await prove(PASSWORD)).toEqual({ ok: true });
    expect((await heldBy(accounts, who.token)).isRecent).toBe(true);
    expect((await actions(who.ref)).slice(-2)).toEqual(['sign_in.failed', 'session.proven']);
  });
});

describe('sessions', () => {
  it('are listed for their owner and ended by them, by a lead, and by nobody else', async () => {
    const [owner, lead, stranger] = [
      await addAccount(accounts),
      await addLead(),
      await addAccount(accounts),
    ];
    const more = await Promise.all([1, 2, 3].map(() => signIn(owner.name)));
    const ids = more.map((each) => hashToken(mustEnter(each).token));
    const [own, theirs, strange] = await Promise.all(
      [owner, lead, stranger].map(({ token }) => heldBy(accounts, token)),
    );
    if (!own || !theirs || !strange) throw new Error('unreachable');
    const listed = await listSessions(base.db.orm, [owner.id], own.id);
    expect(listed).toHaveLength(4);
    expect(listed.filter(({ isThisOne }) => isThisOne)).toMatchObject([{ browser: 'firefox' }]);
    const end = (who: typeof own, id = '') => endSessionById(accounts, who, id);
    expect(await end(strange, ids[0])).toEqual({ ok: false, reason: 'forbidden' });
    expect(await end(strange, makeToken())).toEqual({ ok: false, reason: 'forbidden' });
    expect(await end(own, ids[0])).toEqual({ ok: true });
    expect(await end(theirs, ids[1])).toEqual({ ok: true });
    expect(await end(theirs, ids[1])).toEqual({ ok: false, reason: 'not_found' });
    expect(ended).toEqual(expect.arrayContaining([ids[0], ids[1]]));
    await endOtherSessions(accounts, own);
    expect(await listSessions(base.db.orm, [owner.id], own.id)).toHaveLength(1);
  });
});

describe('the database', () => {
  it.each([
    ['a password', "update operator_password set hash = 'x' where operator_id = $1"],
    [
      'a passkey',
      "insert into passkey (id, operator_id, public_key, counter, transports, label) values ('k', $1, 'x', 0, '{}', '')",
    ],
    [
      'a code secret',
      "insert into code_secret (operator_id, sealed, last_step) values ($1, 'x', 0)",
    ],
    ['a recovery code', "insert into recovery_code (operator_id, hash) values ($1, 'x')"],
    [
      'an identity',
      "insert into operator_identity (issuer, subject, operator_id) values ('i', 's', $1)",
    ],
    ['a deleted password', 'delete from operator_password where operator_id = $1'],
    ['a newer proof', 'update session set proven_at = now() where operator_id = $1'],
  ])('refuses %s that is not on the record', async (_, statement) => {
    const { id } = await addAccount(accounts);
    await expect(base.db.begin((tx) => tx.unsafe(statement, [id]))).rejects.toThrow(
      /without an audit event about operator/,
    );
  });

  it.each([
    ['whose a passkey is', 'update passkey set operator_id = gen_random_uuid()'],
    ['the key of a passkey', "update passkey set public_key = 'x'"],
    ['whose a session is', 'update session set operator_id = gen_random_uuid()'],
    ['what a session proved', "update session set strength = 'strong'"],
    ['the purpose of a link', "update sign_in_link set purpose = 'sign_in'"],
    ['whose an identity is', 'update operator_identity set operator_id = gen_random_uuid()'],
  ])('lets the application not change %s', async (_, statement) => {
    await expect(base.db.sql.unsafe(statement)).rejects.toThrow(/permission denied/);
  });
});
