import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { inviteByCommand } from '#server/auth/invite.ts';
import { isConfirmed } from '#server/auth/prove-in-console.ts';
import { makeCode, spellCode } from '#server/auth/typed-code.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { PASSWORD } from '#test/support/accounts.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { clauseOf } from '#test/support/clauses.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const environment = {
  SIGN_INS_PER_MINUTE: '1000',
  ACCOUNT_KEY: 'an account key of the tests, long enough',
};
const server = useRostrum(base, environment, async () => {
  await ensureBuilt();
  return openBuiltPages();
});
const browser = useBrowser();
const at = (path: string) => `${server.url.replace('127.0.0.1', 'localhost')}${path}`;

/** Somebody who signed in with a password, longer ago than a proof holds. */
async function stale(name: string, ...roles: OperatorRole[]): Promise<{ page: Page; id: string }> {
  const invited = await inviteByCommand(base.db, 'system', { name, roles, minutes: 5 });
  if (!invited.ok) throw new Error(invited.reason);
  const page = await browser.page();
  await page.goto(at(`/invitation?token=${invited.token}`));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Use this password' }).click();
  await page.waitForURL((url) => url.pathname !== '/invitation');
  await ageProof(base, invited.id);
  return { page, id: invited.id };
}

async function prove(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
}

describe('what needs a fresh proof', () => {
  it('asks an admin for it, and then gives the role with one more press', async () => {
    const kim = await inviteByCommand(base.db, 'system', { name: 'Kim', roles: [], minutes: 5 });
    const { page } = await stale('Ada', 'admin');
    await page.goto(at('/operators'));
    await page.getByRole('row', { name: 'Kim' }).click();
    await page.getByRole('button', { name: 'Give: Auditor' }).click();
    await page.getByLabel('Reason').fill('Quarterly review');
    await page.getByRole('button', { name: 'Give the role' }).click();
    await page.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await page.waitForURL((url) => url.pathname === '/confirm');
    expect(await axeOf(page)).toEqual([]);
    browser.forgive(/403/);
    await prove(page, 'not this one at all');
    await page.getByRole('alert').waitFor();
    await prove(page);

    await page.waitForURL((url) => url.pathname === '/operators');
    expect(await page.getByLabel('Reason').inputValue()).toBe('Quarterly review');
    expect(await axeOf(page)).toEqual([]);
    // It has the focus: Enter is the one press.
    await page.getByRole('button', { name: 'Give the role' }).waitFor();
    await page.keyboard.press('Enter');
    await page
      .getByText(/Kim. now has the role Auditor/)
      .first()
      .waitFor();
    const id = kim.ok ? kim.id : '';
    const [row] = await base.db.sql`select roles from operator where id = ${id}`;
    expect(row?.roles).toEqual(['auditor']);

    // Once: whoever comes back later begins anew.
    await page.goto(at('/operators'));
    await page.getByRole('row', { name: 'Kim' }).waitFor();
    expect(await page.getByRole('alertdialog').count()).toBe(0);
  });

  it('confirms who is at a command line, by a code that is typed and what it is for', async () => {
    const { page, id } = await stale('Tia', 'lead');
    await page.goto(at('/terminal'));
    expect(new URL(page.url()).pathname).toBe('/confirm');
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/terminal');
    const purpose = 'Erasing a member’s data (rostrum erase)';
    const confirm = async (typed: string) => {
      await page.getByLabel('What it is for').selectOption({ label: purpose });
      await page.getByLabel('Code', { exact: true }).fill(typed);
      await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    };
    expect(await axeOf(page)).toEqual([]);
    browser.forgive(/403/);
    await confirm('1234');
    await page.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
    const code = makeCode();
    expect(await isConfirmed(base.db, id, { code, purpose: 'erasure' })).toBe(false);
    await confirm(spellCode(code).toLowerCase());
    await page.getByText('Confirmed. The command line goes on by itself.').waitFor();
    expect(await isConfirmed(base.db, id, { code, purpose: 'erasure' })).toBe(true);
    expect(await isConfirmed(base.db, id, { code, purpose: 'correction' })).toBe(false);
    expect(await axeOf(page)).toEqual([]);
  });

  it('keeps a policy’s publication, with its reason, until it is given', async () => {
    const { page, id } = await stale('Pia', 'admin');
    await page.goto(at('/policies/draft'));
    await page.getByRole('button', { name: 'Add a clause' }).click();
    await page.getByLabel('Code').fill('harassment');
    await page.getByLabel('Title').fill('Harassment');
    await page.getByLabel('What it says').fill('Nobody is to be hounded.');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText(/Saved .* by/).waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByLabel('Reason').fill('First version');
    await page.getByRole('button', { name: 'Publish version 1' }).click();
    await page.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await prove(page);

    await page.waitForURL((url) => url.pathname === '/policies/draft');
    expect(await page.getByLabel('Reason').inputValue()).toBe('First version');
    await page.getByRole('button', { name: 'Publish version 1' }).click();
    await page.waitForURL((url) => url.pathname === '/policies');
    await page.getByText('Nobody is to be hounded.').waitFor();
    const rows = await base.db.sql`select version, published_by, clauses from policy_version`;
    const words = { title: 'Harassment', text: 'Nobody is to be hounded.' };
    expect([...rows]).toEqual([
      {
        version: 1,
        published_by: id,
        clauses: [{ ...clauseOf('harassment'), words: { en: words } }],
      },
    ]);
  });

  it('keeps a key to make, and makes it with one more press', async () => {
    const { page } = await stale('Kai', 'admin');
    await page.goto(at('/platform/keys'));
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Night back end');
    await dialog.getByRole('checkbox').first().check();
    await dialog.getByRole('button', { name: 'Make a key' }).click();
    await dialog.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/platform/keys');
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Night back end');
    expect(await dialog.getByRole('checkbox').first().isChecked()).toBe(true);
    await dialog.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText(/rsk_/).first().waitFor();
    const rows = await base.db.sql`select name from platform_key`;
    expect([...rows]).toEqual([{ name: 'Night back end' }]);
  });

  it('keeps an invitation, and makes it with one more press', async () => {
    const { page } = await stale('Ida', 'admin');
    await page.goto(at('/operators'));
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Lin');
    await dialog.getByRole('checkbox', { name: /^Auditor/ }).check();
    await dialog.getByRole('button', { name: 'Make the invitation' }).click();
    await dialog.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/operators');
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Lin');
    expect(await dialog.getByRole('checkbox', { name: /^Auditor/ }).isChecked()).toBe(true);
    await dialog.getByRole('button', { name: 'Make the invitation' }).click();
    await dialog.getByLabel('Link of the invitation').waitFor();
    const rows = await base.db.sql`select roles from operator where name = 'Lin'`;
    expect([...rows]).toEqual([{ roles: ['auditor'] }]);
  });

  it('keeps a webhook to add', async () => {
    const { page } = await stale('Wei', 'admin');
    await page.goto(at('/platform/webhooks'));
    await page.getByRole('button', { name: 'Add an address' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Night desk');
    await dialog.getByLabel('Address').fill('https://desk.example/hook');
    await dialog.getByRole('checkbox').first().uncheck();
    await dialog.getByRole('button', { name: 'Add an address' }).click();
    await dialog.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/platform/webhooks');
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Night desk');
    expect(await dialog.getByLabel('Address').inputValue()).toBe('https://desk.example/hook');
    expect(await dialog.getByRole('checkbox').first().isChecked()).toBe(false);
  });

  it('keeps the hours that a key goes on beside its successor', async () => {
    const { page, id } = await stale('Rui', 'admin');
    await page.goto(at('/confirm?to=/platform/keys'));
    await prove(page);
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Relay');
    await dialog.getByRole('checkbox').first().check();
    await dialog.getByRole('button', { name: 'Make a key' }).click();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await ageProof(base, id);
    await page.getByRole('row', { name: 'Relay' }).click();
    await page.getByLabel('Hours').fill('5');
    await page.getByRole('button', { name: 'Make its successor' }).click();
    await page.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/platform/keys');
    expect(await page.getByLabel('Hours').inputValue()).toBe('5');
    await page.getByRole('button', { name: 'Make its successor' }).click();
    await page.getByText(/rsk_/).first().waitFor();
  });

  it('keeps what a new passkey is called, and asks no device in vain', async () => {
    const { page } = await stale('Pat', 'lead');
    await page.goto(at('/profile'));
    await page.getByLabel('What to call it').fill('Desk key');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('alert').getByRole('link', { name: 'Confirm that it’s you' }).click();
    await page.getByRole('heading', { name: 'Confirm that it’s you' }).waitFor();
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/profile');
    await expect.poll(() => page.getByLabel('What to call it').inputValue()).toBe('Desk key');
  });

  it('changes one’s own password after one confirmation', async () => {
    const { page, id } = await stale('Lea', 'lead');
    await page.goto(at('/profile'));
    await page.getByLabel('New password').fill('seven quiet herons glide');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.waitForURL((url) => url.pathname === '/confirm');
    await prove(page);
    await page.waitForURL((url) => url.pathname === '/profile');
    // A password is kept nowhere on the way: it is typed again.
    expect(await page.getByLabel('New password').inputValue()).toBe('');
    await page.getByLabel('New password').fill('seven quiet herons glide');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.waitForURL((url) => url.pathname === '/profile');
    // The first was chosen with the invitation.
    const passwordsSet = async () =>
      (
        await base.db.sql`
          select from audit.event
          where action = 'credential.password_set' and target_ref = ${`operator:${id}`}`
      ).length;
    await expect.poll(passwordsSet).toBe(2);
  });

  it('is forgotten when somebody signs out, and is nobody else’s', async () => {
    const kept = (page: Page) => page.evaluate(() => sessionStorage.getItem('rostrum:unfinished'));
    const { page, id } = await stale('Mia', 'admin');
    const begin = async () => {
      await page.goto(at('/platform/keys'));
      await page.getByRole('button', { name: 'Make a key' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('A key of Mia’s');
      await dialog.getByRole('checkbox').first().check();
      await dialog.getByRole('button', { name: 'Make a key' }).click();
      await dialog.getByRole('link', { name: 'Confirm that it’s you' }).click();
      await page.waitForURL((url) => url.pathname === '/confirm');
      expect(await kept(page)).toContain('A key of Mia’s');
    };
    await begin();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.pathname === '/sign-in');
    await expect.poll(() => kept(page)).toBeNull();

    await page.getByLabel('Name').fill('Mia');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL((url) => url.pathname !== '/sign-in');
    await ageProof(base, id);
    await begin();
    // Somebody else takes the browser over, in another tab.
    const other = await stale('Noa', 'admin');
    await page.context().addCookies(await other.page.context().cookies());
    await page.goto(at('/platform/keys'));
    await page.getByRole('button', { name: 'Make a key' }).waitFor();
    await expect.poll(() => kept(page)).toBeNull();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
