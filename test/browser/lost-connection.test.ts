import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { inviteByCommand } from '#server/auth/invite.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { axeOf } from '#test/support/browser.ts';
import { useConsole } from '#test/support/use-console.ts';

const { base, server, browser, signedIn } = useConsole();

/** Takes the network away; nothing but its absence may be complained of. */
async function cut(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  browser.forgive(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await page.context().setOffline(true);
}

const UNSENT = /No answer came/;
const mend = (page: Page) => page.context().setOffline(false);

describe('without a connection', () => {
  it('a draft of the policy stays as it was typed, and is saved once there is one', async () => {
    const page = await signedIn('Ada', 'admin');
    await page.goto(`${server.url}/policies/draft`);
    await cut(page);
    await page.getByRole('button', { name: 'Add a clause' }).click();
    await page.getByLabel('Code').fill('spam');
    await page.getByLabel('Title').fill('Spam');
    await page.getByLabel('What it says').fill('None of it.');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('alert').filter({ hasText: UNSENT }).waitFor();
    expect(await page.getByLabel('What it says').inputValue()).toBe('None of it.');
    expect(await axeOf(page)).toEqual([]);
    await mend(page);
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText(/Saved .* by .Ada/).waitFor();
    expect(await page.getByText(UNSENT).count()).toBe(0);
    // Another save goes on from this one.
    await page.getByLabel('Title').fill('Spam and more');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('button', { name: 'Publish…' }).isEnabled();
    await page.getByText(/Saved .* by .Ada/).waitFor();
  });

  it('a grant’s dialog keeps its reason', async () => {
    await inviteByCommand(base.db, 'system', { name: 'Kim', roles: [], minutes: 5 });
    const page = await signedIn('Bea', 'admin');
    await page.goto(`${server.url}/operators`);
    await page.getByRole('row', { name: 'Kim' }).click();
    await page.getByRole('button', { name: 'Give: Auditor' }).click();
    await cut(page);
    await page.getByLabel('Reason').fill('Quarterly review');
    await page.getByRole('button', { name: 'Give the role' }).click();
    await page.getByRole('alert').filter({ hasText: UNSENT }).waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('Quarterly review');
    await mend(page);
    await page.getByRole('button', { name: 'Give the role' }).click();
    await page
      .getByText(/Kim. now has the role Auditor/)
      .first()
      .waitFor();
  });

  it('the profile keeps what was typed and chosen', async () => {
    const page = await signedIn('Cem', 'moderator');
    await page.goto(`${server.url}/profile`);
    await cut(page);
    await page.getByLabel(/Hide reasons/).check();
    await page.getByRole('alert').filter({ hasText: UNSENT }).waitFor();
    await page.getByLabel('New password').fill('seven quiet herons glide');
    await page.getByRole('button', { name: 'Use this password' }).click();
    await page.getByRole('alert').filter({ hasText: UNSENT }).nth(1).waitFor();
    expect(await page.getByLabel('New password').inputValue()).toBe('seven quiet herons glide');
    await page.getByLabel('Appearance').selectOption('Dark');
    await page.getByText(UNSENT).nth(2).waitFor();
    expect(await axeOf(page)).toEqual([]);
    await mend(page);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect
      .poll(async () => (await page.context().cookies()).map(({ name }) => name).join(' '))
      .toMatch(/exposure/);
    await page.getByLabel('Appearance').selectOption('Dark');
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    await page.getByRole('button', { name: 'Use this password' }).click();
    await page.getByText('You can sign in with your name and a password').waitFor();
  });

  it('news of other admins stay until they can be put away', async () => {
    const page = await signedIn('Dora', 'admin');
    const kit = await inviteByCommand(base.db, 'system', { name: 'Kit', roles: [], minutes: 5 });
    const grant = { change: 'grant', role: 'lead', reason: 'For the night' };
    await changeOperator(base.db, COMMAND_LINE, { ...grant, operator: kit.ok ? kit.id : '' });
    await page.goto(`${server.url}/policies`);
    const seen = page.getByRole('button', { name: 'Seen' });
    await seen.waitFor();
    await cut(page);
    await seen.click();
    await page.getByRole('alert').filter({ hasText: UNSENT }).waitFor();
    await page.getByText(/Kit/).first().waitFor();
    await mend(page);
    await seen.click();
    await seen.waitFor({ state: 'detached' });
  });
});
