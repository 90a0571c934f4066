import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { inviteByCommand } from '#server/auth/invite.ts';
import { makeSetUpLink } from '#server/auth/set-up.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { codeOf, PASSWORD } from '#test/support/accounts.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const environment = {
  SIGN_INS_PER_MINUTE: '1000',
  REQUIRE_SECOND_FACTOR: '1',
  ACCOUNT_KEY: 'an account key of the tests, long enough',
};
const server = useRostrum(base, environment, async () => {
  await ensureBuilt();
  return openBuiltPages();
});
const browser = useBrowser();

const PHONE = { width: 360, height: 740 };
/** A passkey belongs to a name, never to a number. */
const at = (path: string) => `${server.url.replace('127.0.0.1', 'localhost')}${path}`;

async function invitationFor(name: string, ...roles: OperatorRole[]): Promise<string> {
  const invited = await inviteByCommand(base.db, 'system', { name, roles, minutes: 5 });
  if (!invited.ok) throw new Error(invited.reason);
  return at(`/invitation?token=${invited.token}`);
}

/** Gives a page's browser a device that unlocks passkeys by itself. */
async function addDevice(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function choosePassword(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Use this password' }).click();
}

async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.goto(at('/sign-in'));
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

describe('the first start', () => {
  it('leads from the printed link to a first admin with a second factor', async () => {
    browser.forgive(/403/);
    const token = await makeSetUpLink(base.db, 5);
    const page = await browser.page();
    await page.goto(at(`/set-up?token=${token}`));
    expect(await axeOf(page)).toEqual([]);
    await page.getByLabel('Name').fill('Ada');
    await choosePassword(page, 'password1234');
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Ada');
    await choosePassword(page);
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    expect(await axeOf(page)).toEqual([]);

    // Nothing else is open before.
    for (const path of ['/', '/rooms', '/log', '/profile']) {
      await page.goto(at(path));
      expect(new URL(page.url()).pathname).toBe('/second-factor');
    }
    const secret = (await page.locator('bdi.font-mono').textContent()) ?? '';
    await page.getByLabel('One-time code').fill('000000');
    await page.getByRole('button', { name: 'Confirm code' }).click();
    await page.getByRole('alert').waitFor();
    const renewed = (await page.locator('bdi.font-mono').textContent()) ?? secret;
    await page.getByLabel('One-time code').fill(codeOf(renewed));
    await page.getByRole('button', { name: 'Confirm code' }).click();
    await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    const codes = await page.getByRole('listitem').allTextContents();
    expect(codes).toHaveLength(10);
    await page.getByRole('link', { name: 'continue' }).click();
    await page.goto(at('/profile'));
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    expect(await page.getByText('10 recovery codes left').count()).toBe(1);

    await page.goto(at(`/set-up?token=${token}`));
    await page.getByRole('heading', { name: 'This link can’t be used' }).waitFor();
    const [row] = await base.db.sql`select name, roles from operator`;
    expect(row).toEqual({ name: 'Ada', roles: ['admin'] });

    // On another device: password, then a recovery code.
    const other = await browser.page();
    await signIn(other, 'ada');
    await other.getByLabel('One-time code').fill(codes[3] ?? '');
    await other.getByRole('button', { name: 'Continue' }).click();
    await other.waitForURL((url) => url.pathname !== '/second-factor');
    await other.goto(at('/profile'));
    await other.getByText('9 recovery codes left').waitFor();
  });
});

describe('an invitation', () => {
  it('lets a lead work with a passkey alone, and come back by it', async () => {
    const page = await browser.page();
    await addDevice(page);
    await page.goto(await invitationFor('Bo', 'lead'));
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use a passkey instead' }).click();
    await page.waitForURL('**/rooms');
    await page.locator('header').getByText('Live', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    const sent = page.waitForRequest(
      (request) => request.method() === 'POST' && new URL(request.url()).pathname === '/sign-in',
    );
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL('**/rooms');
    // Overheard, the same answer opens nothing a second time.
    const again = await fetch(at('/sign-in'), {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: at(''), 'Content-Type': 'application/x-www-form-urlencoded' },
      body: (await sent).postData() ?? '',
    });
    expect(again.status).toBe(403);
    expect(again.headers.get('set-cookie')).toBeNull();

    // Proof that is ten minutes old is asked for again before the account is changed.
    await page.goto(at('/confirm?to=/profile'));
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL((url) => url.pathname === '/profile');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    const actions = await base.db.sql`
      select action from audit.event where action like 'session.proven'`;
    expect(actions).toHaveLength(1);
    expect(await axeOf(page)).toEqual([]);
    browser.forgive(/403/);
    await page.getByRole('button', { name: 'Remove passkey' }).click();
    await page.getByText('This is your only way to sign in').waitFor();
  });

  it('leads from an admin’s screen to somebody who works with a passkey', async () => {
    const admin = await browser.page();
    await addDevice(admin);
    await admin.goto(await invitationFor('Ina', 'admin'));
    await admin.getByRole('button', { name: 'Use a passkey instead' }).click();
    await admin.waitForURL('**/operators');
    await admin.getByRole('button', { name: 'Invite' }).click();
    await admin.getByLabel('Name').fill('Moe');
    await admin.getByLabel('Moderator').check();
    await admin.getByRole('button', { name: 'Make the invitation' }).click();
    const link = await admin.getByLabel('Link of the invitation').inputValue();

    const page = await browser.page();
    await addDevice(page);
    await page.goto(link);
    await page.getByRole('button', { name: 'Use a passkey instead' }).click();
    await page.waitForURL('**/rooms');
    await page.locator('header').getByText('Live', { exact: true }).waitFor();
    const [row] = await base.db.sql`
      select o.roles from operator o join passkey p on p.operator_id = o.id where o.name = 'Moe'`;
    expect(row?.roles).toEqual(['moderator']);
  });

  it('asks a password’s owner with a passkey for both', async () => {
    const page = await browser.page();
    await addDevice(page);
    await page.goto(await invitationFor('Cleo', 'lead'));
    await choosePassword(page);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
    await page.getByRole('link', { name: 'continue' }).click();
    await page.waitForURL('**/rooms');
    await page.context().clearCookies();
    await signIn(page, 'Cleo');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL('**/rooms');
  });
});

describe('signing in', () => {
  it('says the same of a wrong password and of nobody', async () => {
    browser.forgive(/403/);
    const page = await browser.page();
    await page.goto(await invitationFor('Dee', 'moderator'));
    await choosePassword(page);
    await page.waitForURL('**/rooms');
    await page.context().clearCookies();
    const said: (string | null)[] = [];
    for (const name of ['Dee', 'Nobody']) {
      await signIn(page, name, 'wrong');
      said.push(await page.getByRole('alert').textContent());
      expect(await page.getByLabel('Name').inputValue()).toBe(name);
    }
    expect(said).toEqual(['Name or password is wrong.', 'Name or password is wrong.']);
    expect(await axeOf(page)).toEqual([]);
  });

  it('needs no script for name and password', async () => {
    const page = await browser.page({ javaScriptEnabled: false });
    await page.goto(await invitationFor('Eve', 'moderator'));
    await choosePassword(page);
    await page.waitForURL('**/rooms');
  });
});

describe('a session proven anew', () => {
  it('has its other tabs come back by themselves, and nobody who has only the token before', async () => {
    const tab = await browser.page();
    await tab.goto(await invitationFor('Gus', 'moderator'));
    await choosePassword(tab);
    await tab.waitForURL('**/rooms');
    const live = tab.locator('header').getByText('Live', { exact: true });
    await live.waitFor();
    const again = tab.waitForEvent('websocket', { timeout: 20_000 });

    const cookies = await tab.context().cookies();
    const proving = await tab.context().newPage();
    await proving.goto(at('/confirm?to=/profile'));
    await proving.getByLabel('Password').fill(PASSWORD);
    await proving.getByRole('button', { name: 'Confirm', exact: true }).click();
    await proving.waitForURL((url) => url.pathname === '/profile');
    await proving.close();
    await again;
    await live.waitFor();

    browser.forgive(/403|websocket|WebSocket/);
    const thief = await browser.page();
    await thief.context().addCookies(cookies);
    await thief.goto(at('/rooms'));
    expect(new URL(thief.url()).pathname).toBe('/sign-in');
  });
});

describe('a session ended elsewhere', () => {
  it('closes the sockets of its tab at once', async () => {
    const tab = await browser.page();
    await tab.goto(await invitationFor('Fay', 'moderator'));
    await choosePassword(tab);
    await tab.waitForURL('**/rooms');
    await tab.locator('header').getByText('Live', { exact: true }).waitFor();

    const other = await browser.page();
    await signIn(other, 'Fay');
    await other.waitForURL('**/rooms');
    await other.goto(at('/profile'));
    expect(await axeOf(other)).toEqual([]);
    await other.getByRole('button', { name: 'Sign out there' }).click();
    // Without a word from the server, rights are looked at every five seconds only.
    await tab
      .locator('header')
      .getByText('Live', { exact: true })
      .waitFor({ state: 'detached', timeout: 3_000 });
    browser.forgive(/403|websocket|WebSocket/);
    await tab.goto(at('/rooms'));
    expect(new URL(tab.url()).pathname).toBe('/sign-in');
  });
});

describe.each([
  ['en', 'light'],
  ['zh-CN', 'dark'],
  ['zh-TW', 'light'],
  ['ug', 'dark'],
] as const)('account screens in %s, %s', (locale, colorScheme) => {
  it('fit a phone and please axe', async () => {
    const page = await browser.page({ locale, colorScheme, viewport: PHONE });
    const sound = async () => {
      expect(await overflows(page)).toBe(false);
      expect(await axeOf(page)).toEqual([]);
    };
    await page.goto(at('/sign-in'));
    await sound();
    await page.goto(await invitationFor(`Phone ${locale}`, 'lead'));
    await sound();
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.locator('form[action^="/invitation"] button[type=submit]').click();
    await page.locator('bdi.font-mono').waitFor();
    await sound();
    const secret = (await page.locator('bdi.font-mono').textContent()) ?? '';
    await page.locator('input[name=code]').fill(codeOf(secret));
    await page.locator('form[action="/second-factor"] button[type=submit]').click();
    await page.locator('ul li').first().waitFor();
    await sound();
    await page.goto(at('/profile?set=codes'));
    await page.locator('h2').first().waitFor();
    await sound();
    await page.goto(at('/confirm'));
    await sound();
  });
});
