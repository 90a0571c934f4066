import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { inviteByCommand } from '#server/auth/invite.ts';
import { PASSWORD } from '#test/support/accounts.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { startProviderConsole } from '#test/support/provider-console.ts';
import { asOwner } from '#test/support/rooms.ts';

const { origin, provider, base } = await startProviderConsole();
const browser = useBrowser();

/** Somebody with a password here, signed in at their own account's page. */
async function atProfile(name: string): Promise<{ page: Page; id: string }> {
  const roles = ['moderator' as const];
  const invited = await inviteByCommand(base.db, 'system', { name, roles, minutes: 5 });
  if (!invited.ok) throw new Error(invited.reason);
  const page = await browser.page();
  await page.goto(`${origin}/invitation?token=${invited.token}`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Use this password' }).click();
  await page.waitForURL((url) => url.pathname === '/rooms');
  await page.goto(`${origin}/profile`);
  return { page, id: invited.id };
}

/** Somebody who has an account by the provider alone, at that account's page. */
async function comeBy(name: string): Promise<Page> {
  provider.people.set(name, { roles: ['trust-and-safety'] });
  const page = await browser.page();
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('link', { name: 'Example Org' }).click();
  await signInThere(page, name);
  await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => url.pathname === '/rooms');
  await page.goto(`${origin}/profile`);
  return page;
}

/** Is asked anew there, though known, and sent back. */
async function proveThere(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /Sign in anew at .Example Org/ }).click();
  await signInThere(page, name);
  await page.waitForURL((url) => url.origin === origin);
}

const press = (page: Page) =>
  page.getByRole('button', { name: /Link your sign-in at .Example Org/ }).click();

/** Signs in at the provider up to the last press. */
async function signInThere(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('input[name=login]').waitFor({ state: 'detached' });
}

async function linkAs(page: Page, name: string): Promise<void> {
  await press(page);
  await signInThere(page, name);
  await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => url.origin === origin);
}

const identities = async () =>
  [
    ...(await base.db.sql`
      select o.name, i.subject from operator_identity i join operator o on o.id = i.operator_id
      order by i.subject`),
  ].map(({ name, subject }) => `${subject} is ${name}`);
const newest = (id: string) =>
  asOwner(base.ownerUrl, async (sql) => {
    const [event] = await sql`
      select e.action, e.outcome, (
        select d.value::jsonb from audit.disclosure d
        where d.event_id = e.event_id and d.name = 'refusal') as refusal, (
        select d.value::jsonb from audit.disclosure d
        where d.event_id = e.event_id and d.name = 'identity') as identity
      from audit.event e where e.target_ref = ${`operator:${id}`}
      order by e.event_id desc limit 1`;
    return event;
  });

it('links the organisation’s sign-in to an account that is there, which it then opens', async () => {
  // The provider's own pages have a style that its own policy refuses.
  browser.forgive(/./);
  provider.people.set('kim-there', { roles: ['trust-and-safety'] });
  const { page, id } = await atProfile('Kim');
  expect(await axeOf(page)).toEqual([]);
  await linkAs(page, 'kim-there');
  await page.waitForURL((url) => url.pathname === '/profile');
  await page.getByText('kim-there').waitFor();
  expect(await axeOf(page)).toEqual([]);
  expect(await identities()).toEqual(['kim-there is Kim']);
  expect(await newest(id)).toMatchObject({
    action: 'credential.identity_linked',
    outcome: 'accepted',
    identity: 'kim-there',
  });

  const other = await browser.page();
  await other.goto(`${origin}/sign-in`);
  await other.getByRole('link', { name: 'Example Org' }).click();
  await signInThere(other, 'kim-there');
  await other.locator('button[type=submit]').click();
  await other.waitForURL((url) => url.pathname === '/rooms');
  await other.goto(`${origin}/profile`);
  await other.getByText('You can sign in with your name and a password').waitFor();
});

it('leaves a sign-in where it is linked, and puts the attempt on the record', async () => {
  browser.forgive(/./);
  const { page, id } = await atProfile('Eve');
  await linkAs(page, 'kim-there');
  await page.getByText('This sign-in belongs to another account here.').waitFor();
  expect(await identities()).toEqual(['kim-there is Kim']);
  expect(await newest(id)).toEqual({
    action: 'credential.identity_linked',
    outcome: 'refused',
    refusal: 'identity_taken',
    identity: null,
  });
});

it('links nothing that another session began', async () => {
  browser.forgive(/./);
  const [attacker, victim] = [await atProfile('Ann'), await atProfile('Vic')];
  await press(attacker.page);
  await signInThere(attacker.page, 'ann-there');
  // What it began is forgotten before it comes back, so that the code stays good.
  const begun = (await attacker.page.context().cookies()).find(
    ({ name }) => name === 'rostrum-provider',
  );
  if (!begun) throw new Error('Nothing was begun');
  await attacker.page.context().clearCookies({ name: 'rostrum-provider' });
  await attacker.page.locator('button[type=submit]').click();
  await attacker.page.getByText('The organisation’s sign-in did not work').waitFor();
  const stolen = attacker.page.url();
  expect(stolen).toContain('code=');

  for (const cookies of [[begun], []]) {
    await victim.page.context().clearCookies({ name: 'rostrum-provider' });
    await victim.page.context().addCookies(cookies);
    await victim.page.goto(stolen);
    await victim.page.getByText('The organisation’s sign-in did not work').waitFor();
  }
  expect((await identities()).join()).not.toContain('ann-there');
  // Nor does what was begun to link sign anybody in.
  const stranger = await browser.page();
  await stranger.context().addCookies([begun]);
  await stranger.goto(stolen);
  await stranger.getByText('The organisation’s sign-in did not work').waitFor();
});

it('asks for fresh proof before', async () => {
  const { page, id } = await atProfile('Old');
  await ageProof(base, id);
  await press(page);
  await page.getByRole('alert').getByRole('link', { name: 'Confirm that it’s you' }).click();
  await page.getByRole('button', { name: 'Confirm', exact: true }).waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
  await page.waitForURL((url) => url.pathname === '/profile');
  await press(page);
  await page.locator('input[name=login]').waitFor();
  browser.forgive(/./);
});

it('is given up again, unless it is the only way in', async () => {
  browser.forgive(/./);
  const { page, id } = await atProfile('Uma');
  await linkAs(page, 'uma-there');
  await page.getByRole('button', { name: 'Unlink' }).click();
  await page.getByText('uma-there').waitFor({ state: 'detached' });
  expect((await identities()).join()).not.toContain('uma-there');
  expect(await newest(id)).toMatchObject({
    action: 'credential.identity_unlinked',
    identity: 'uma-there',
  });

  const only = await comeBy('newcomer');
  await only.getByRole('button', { name: 'Unlink' }).click();
  await proveThere(only, 'newcomer');
  await only.getByRole('button', { name: 'Unlink' }).click();
  await only.getByText(/only way|last way/i).waitFor();
  expect((await identities()).join()).toContain('newcomer is newcomer');
});

it('proves nothing where the provider asks nothing, and says so in words', async () => {
  browser.forgive(/./);
  const page = await comeBy('silent');
  const change = async () => {
    await page.getByLabel('New password').fill('seven quiet herons glide');
    await page.getByRole('button', { name: 'Use this password' }).click();
    await page.waitForURL((url) => url.pathname === '/confirm');
  };
  await change();
  for (const [asked, words] of [
    [null, 'doesn’t say when it asked you'],
    [-600, 'did not ask you anew'],
  ] as const) {
    provider.people.set('silent', { roles: [], asked });
    await proveThere(page, 'silent');
    await page.getByRole('alert').getByText(words).waitFor();
    expect(await axeOf(page)).toEqual([]);
  }
  await page.goto(`${origin}/profile`);
  await change();
  provider.people.set('silent', { roles: [] });
  await proveThere(page, 'silent');
  await page.waitForURL((url) => url.pathname === '/profile');
  await page.getByLabel('New password').fill('seven quiet herons glide');
  await page.getByRole('button', { name: 'Use this password' }).click();
  await page.getByText('You can sign in with your name and a password').waitFor();
});
