import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { codeOf } from '#test/support/accounts.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { startProviderConsole } from '#test/support/provider-console.ts';

const { origin, provider } = await startProviderConsole({ REQUIRE_SECOND_FACTOR: '1' });
const browser = useBrowser();

/** Signs in there, and says yes to what else it asks. */
async function signInThere(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=login]').waitFor({ state: 'detached' });
  if (!page.url().startsWith(origin)) await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => url.origin === origin);
}

it('lets a lead set a second factor up once the provider has asked them anew', async () => {
  // The provider's own pages have a style that its own policy refuses.
  browser.forgive(/./);
  const page = await browser.page();
  const comeIn = async () => {
    await page.goto(`${origin}/sign-in`);
    await page.getByRole('link', { name: 'Example Org' }).click();
  };
  provider.people.set('lee', { roles: ['trust-leads'] });
  await comeIn();
  await signInThere(page, 'lee');
  // As whoever finds this browser would come in.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL((url) => url.pathname === '/sign-in');
  await comeIn();
  await page.waitForURL((url) => url.pathname === '/second-factor');
  expect(await page.getByLabel('One-time code').count()).toBe(0);
  expect(await axeOf(page)).toEqual([]);

  const proveThere = async () => {
    await page.getByRole('button', { name: /Sign in anew at .Example Org/ }).click();
    await signInThere(page, 'lee');
  };
  provider.people.set('lee', { roles: [], asked: -600 });
  await proveThere();
  await page.getByRole('alert').getByText('did not ask you anew').waitFor();
  provider.people.set('lee', { roles: [] });
  await proveThere();
  const secret = (await page.locator('bdi.font-mono').textContent()) ?? '';
  await page.getByLabel('One-time code').fill(codeOf(secret));
  await page.getByRole('button', { name: 'Confirm code' }).click();
  await page.getByRole('link', { name: 'I have kept them, continue' }).click();
  await page.waitForURL((url) => url.pathname === '/rooms');
});
