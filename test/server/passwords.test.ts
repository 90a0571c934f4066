import { describe, expect, it } from 'vitest';
import { acceptLink } from '#server/auth/accept-link.ts';
import type { Accounts } from '#server/auth/accounts.ts';
import { inviteByCommand } from '#server/auth/invite.ts';
import { disableOperator } from '#server/auth/operators.ts';
import { changePassword } from '#server/auth/own-account.ts';
import { askToSign, forgetChallenges } from '#server/auth/passkeys.ts';
import { readHeldSession } from '#server/auth/sessions.ts';
import { signInByPassword } from '#server/auth/sign-in-by-password.ts';
import { forgetTries } from '#server/auth/sign-in-limit.ts';
import { hashToken } from '#server/auth/token.ts';
import {
  accountsOf,
  addAccount,
  heldBy,
  mustEnter,
  PASSWORD,
  visitor,
} from '#test/support/accounts.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, ended, accounts, audit, signIn } = useAccounts();

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

  it.each([
    ['İbrahim', ['İbrahim', 'İBRAHIM', 'ibrahim']],
    ['ΟΔΥΣΣΕΥΣ', ['ΟΔΥΣΣΕΥΣ', 'Οδυσσευσ']],
  ])('goes with the name as the database folds its letters: %s', async (name, typed) => {
    const more = { name, roles: ['moderator' as const], minutes: 5 };
    const invited = await inviteByCommand(base.db, 'system', more);
    const token = invited.ok ? invited.token : '';
    const first = { token, name: '', password: PASSWORD };
    mustEnter(await acceptLink(accounts, visitor(), 'invitation', first));
    for (const each of typed) expect(await signIn(each)).toMatchObject({ ok: true });
    // One account, one count, however it is written.
    const from = visitor(null, `of ${name}`);
    for (let n = 0; n < 6; n++) await signIn(typed[n % typed.length] ?? '', 'wrong', from);
    for (const each of typed) {
      expect(await signIn(each, 'wrong', from)).toMatchObject({ reason: 'limited' });
    }
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
    const ghosts = await Promise.all(
      Array.from({ length: 7 }, (_, n) => signIn('Ghost', `wrong ${n}`, visitor(null, 'attacker'))),
    );
    const limited = ghosts.filter((answer) => !answer.ok && answer.reason === 'limited');
    expect(limited).toEqual([{ ok: false, reason: 'limited', retryAfter: 1 }]);
  });

  it('is not slowed down on the day after where its owner signed in, though the network’s name is another', async () => {
    const owner = await addAccount(accounts);
    mustEnter(await signIn(owner.name, PASSWORD, visitor(null, 'home of two days')));
    for (let n = 0; n < 31; n++) await signIn(owner.name, 'wrong', visitor(null, `afar ${n}`));
    expect(await signIn(owner.name)).toMatchObject({ reason: 'limited' });
    const cohort = { today: 'another name', yesterday: 'cohort of home of two days' };
    const tomorrow = { ...accounts, cohortOf: async () => cohort };
    const given = { name: owner.name, password: PASSWORD };
    expect(await signInByPassword(tomorrow, visitor(), given)).toMatchObject({ ok: true });
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

  it('tried too often is on the record once, however often, and in which process', async () => {
    const owner = await addAccount(accounts);
    const attacker = visitor(null, 'a flood');
    const guess = (name: string) =>
      Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          signInByPassword(n % 2 ? accounts : accountsOf(base), attacker, { name, password: 'no' }),
        ),
      );
    const throttled = () => base.db.sql<{ target: string | null; limit: string }[]>`
      select e.target_ref as target, d.value::jsonb #>> '{}' as limit
      from audit.event e join audit.fields_of(array(
        select event_id from audit.event where action = 'sign_in.throttled')) d using (event_id)
      where d.name = 'limit' order by e.event_id`;
    const before = (await throttled()).length;
    for (let n = 0; n < 3; n++) await guess(owner.name);
    const limit = 'account_and_network';
    expect((await throttled()).slice(before)).toEqual([{ target: owner.ref, limit }]);
    // A name that nobody has is slowed alike, and named nowhere.
    for (let n = 0; n < 3; n++) await guess('Nobody at all');
    expect((await throttled()).slice(before + 1)).toEqual([{ target: null, limit }]);
  });

  it('is only tried a bounded number at a time', async () => {
    const owner = await addAccount(accounts);
    const all = await Promise.all(Array.from({ length: 40 }, () => signIn(owner.name)));
    const kinds = new Set(all.map((answer) => (answer.ok ? 'in' : answer.reason)));
    expect(kinds).toContain('busy');
    expect(kinds).toContain('in');
    expect(kinds).not.toContain('wrong');
  });

  it('that nobody looked at neither counts as wrong, nor makes a network known', async () => {
    const owner = await addAccount(accounts);
    const busy = { ...accounts, hasher: { hash: async () => null, verify: async () => null } };
    const given = { name: owner.name, password: 'a guess' };
    const answer = await signInByPassword(busy, visitor(null, 'a crowd'), given);
    expect(answer).toEqual({ ok: false, reason: 'busy' });
    const counted = await base.db.sql<{ kind: string; failures: number }[]>`
      select split_part(key, ' ', 1) as kind, failures from sign_in_limit
      where key like '%cohort of a crowd' order by 1`;
    expect([...counted]).toEqual([
      { kind: 'both', failures: 0 },
      { kind: 'network', failures: 0 },
    ]);
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

  it('is changed a few times one after the other, at any process, and nobody else’s waits for it', async () => {
    const [who, other] = [await addAccount(accounts), await addAccount(accounts)];
    const [held, theirs] = [await heldBy(accounts, who.token), await heldBy(accounts, other.token)];
    let hashes = 0;
    const hasher: Accounts['hasher'] = {
      ...accounts.hasher,
      hash: async (password) => {
        hashes += 1;
        return accounts.hasher.hash(password);
      },
    };
    const change = (n: number, session = held) =>
      changePassword({ ...accountsOf(base), hasher }, session, `${n} green llamas polka again`);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => change(n)));
    const limited = answers.filter((answer) => !answer.ok && answer.reason === 'limited');
    expect(hashes).toBe(40 - limited.length);
    // Six at once; one more after each of the waits of 1, 2 and 4 s, where all of them take that long.
    expect(hashes).toBeLessThan(10);
    expect(answers).toContainEqual({ ok: true });
    expect(await change(41, theirs)).toEqual({ ok: true });
  });

  it('is chosen by an invitation a few times at once, too, from however many networks', async () => {
    const more = { name: 'Invited', roles: ['moderator' as const], minutes: 5 };
    const invited = await inviteByCommand(base.db, 'system', more);
    const first = { token: invited.ok ? invited.token : '', name: '', password: PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acceptLink(accounts, visitor(), 'invitation', first)),
    );
    const reasons = answers.map((answer) => (answer.ok ? 'in' : answer.reason));
    expect(reasons.filter((reason) => reason === 'in')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'limited').length).toBeGreaterThan(10);
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
