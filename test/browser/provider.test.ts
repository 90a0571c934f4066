import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { openPages, startProviderConsole } from '#test/support/provider-console.ts';
import { useRostrum } from '#test/support/rostrum.ts';

const { origin, provider, base, environment } = await startProviderConsole();
// Nobody listens there.
const elsewhere = { ...environment, PORT: '0', OIDC_ISSUER: 'http://127.0.0.1:9' };
const away = useRostrum(base, elsewhere, openPages);
const browser = useBrowser();

async function signInThere(page: Page, name: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('link', { name: 'Example Org' }).click();
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  // Consent.
  await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => url.origin === origin);
}

const operators = () => base.db.sql`
  select o.name, o.roles, i.subject from operator o
  join operator_identity i on i.operator_id = o.id order by o.name`;
const changes = async () =>
  (
    await base.db.sql<{ action: string }[]>`
      select action from audit.event where action like 'operator.%' order by event_id`
  ).map(({ action }) => action);

it('lets in whom the organisation lets in, with the roles it says at each sign-in', async () => {
  // The provider's own pages have a style that its own policy refuses.
  browser.forgive(/./);
  provider.people.set('ada', { roles: ['trust-and-safety', 'unknown-here'] });
  const page = await browser.page();
  await page.goto(`${origin}/sign-in`);
  expect(await axeOf(page)).toEqual([]);
  await signInThere(page, 'ada');
  await page.waitForURL('**/rooms');
  expect(await operators()).toEqual([{ name: 'ada', roles: ['moderator'], subject: 'ada' }]);
  expect(await changes()).toEqual(['operator.added']);

  provider.people.set('ada', { roles: ['trust-leads'] });
  const second = await browser.page();
  await signInThere(second, 'ada');
  await second.waitForURL('**/rooms');
  expect(await operators()).toMatchObject([{ name: 'ada', roles: ['moderator', 'lead'] }]);
  expect(await changes()).toEqual(['operator.added', 'operator.role_granted']);

  provider.people.set('ada', { roles: [] });
  const third = await browser.page();
  await signInThere(third, 'ada');
  await third.getByText('has no role here').waitFor();
  expect(await operators()).toMatchObject([{ name: 'ada', roles: [] }]);
  expect((await changes()).at(-1)).toBe('operator.role_revoked');
});

it('lets nobody in who has no role there, and makes no account for them', async () => {
  browser.forgive(/./);
  const before = await operators();
  const page = await browser.page();
  await signInThere(page, 'stranger');
  await page.getByText('has no role here').waitFor();
  expect(await operators()).toEqual(before);
});

it('takes nothing that this browser did not begin', async () => {
  browser.forgive(/./);
  provider.people.set('eve', { roles: ['it'] });
  const attacker = await browser.page();
  await attacker.goto(`${origin}/sign-in`);
  await attacker.getByRole('link', { name: 'Example Org' }).click();
  await attacker.locator('input[name=login]').fill('eve');
  await attacker.locator('input[name=password]').fill('any');
  await attacker.locator('button[type=submit]').click();
  await attacker.locator('button[type=submit]').waitFor();
  // What it began is forgotten before it comes back, so that the code stays good.
  await attacker.context().clearCookies({ name: 'rostrum-provider' });
  await attacker.locator('button[type=submit]').click();
  await attacker.getByText('The organisation’s sign-in did not work').waitFor();
  const stolen = attacker.url();
  expect(stolen).toContain('code=');

  const victim = await browser.page();
  for (const address of [
    stolen,
    `${origin}/sign-in/provider/back?code=x&state=y`,
    `${origin}/sign-in/provider/back?error=access_denied`,
    `${origin}/sign-in/provider/back`,
  ]) {
    await victim.goto(address);
    await victim.getByText('The organisation’s sign-in did not work').waitFor();
  }
  await victim.goto(`${origin}/rooms`);
  expect(new URL(victim.url()).pathname).toBe('/sign-in');
  const [known] = await base.db.sql`select count(*)::int as rows from operator_identity
    where subject = 'eve'`;
  expect(known?.rows).toBe(0);
});

it('says so when the provider is not there', async () => {
  const page = await browser.page();
  browser.forgive(/./);
  const answer = await page.goto(`${away.url.replace('127.0.0.1', 'localhost')}/sign-in/provider`);
  expect(answer?.status()).toBe(200);
  await page.getByText('The organisation’s sign-in did not work').waitFor();
});
