import { describe, expect, it } from 'vitest';
import { acceptLink, readLink } from '#server/auth/accept-link.ts';
import { inviteByCommand, inviteOperator } from '#server/auth/invite.ts';
import { redeemLink } from '#server/auth/links.ts';
import { makeSetUpLink } from '#server/auth/set-up.ts';
import { makeToken } from '#server/auth/token.ts';
import { addAccount, heldBy, PASSWORD, visitor } from '#test/support/accounts.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const { base, accounts, addLead, signIn } = useAccounts();

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
    const refused = await base.db.sql<{ by: string }[]>`
      select actor_ref as by from audit.event
      where action = 'operator.added' and outcome = 'refused' order by event_id`;
    expect(refused.map(({ by }) => by)).toEqual([lead.ref, admin.ref]);
  });
});
