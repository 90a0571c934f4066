import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '1000' }, async () => {
  await ensureBuilt();
  return openBuiltPages();
});
const browser = useBrowser();

async function add(name: string, ...roles: OperatorRole[]) {
  const added = await addOperator(base.db, 'system', { name, roles, minutes: 5 });
  if (!added.ok) throw new Error(added.why);
  return { id: added.id, link: `${server.url}/sign-in?token=${added.token}` };
}

async function signIn(page: Page, { link }: { link: string }): Promise<void> {
  await page.goto(link);
  await page.locator('form[action="/sign-in"] button').click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

const overflows = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
const rolesOf = async (id: string) =>
  (await base.db.sql`select roles from operator where id = ${id}`)[0]?.roles;

beforeAll(async () => {
  await server.call('/rooms/tea/events', { body: [opened(), joined('bo')] });
});

describe('the operators’ screen', () => {
  it('lets an admin give a role, of which the other admin is told', async () => {
    const [ada, other, kim] = [
      await add('Ada Admin', 'admin'),
      await add('Otto Other', 'admin'),
      await add('Kim Worker', 'moderator'),
    ];
    const page = await browser.page();
    await signIn(page, ada);
    expect(new URL(page.url()).pathname).toBe('/operators');
    expect(await axeOf(page)).toEqual([]);
    await page.keyboard.press('/');
    await page.keyboard.type('kim');
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    await page.locator('[data-row="0"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Give: Lead' }).click();
    await page.getByLabel('Reason').fill('Takes the night shift');
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Give the role' }).click();
    await page
      .getByText(/Kim Worker. now has the role Lead/)
      .first()
      .waitFor();
    expect(await rolesOf(kim.id)).toEqual(['moderator', 'lead']);

    const second = await browser.page({ viewport: { width: 360, height: 740 } });
    await signIn(second, other);
    const news = second.getByRole('region', { name: 'Changes of rights by other admins' });
    await news.getByText(/Ada Admin. gave .Kim Worker. the role Lead\./).waitFor();
    expect(await axeOf(second)).toEqual([]);
    expect(await overflows(second)).toBe(false);
    await news.getByRole('button', { name: 'Seen' }).click();
    await news.waitFor({ state: 'detached' });
  });

  it('shows nobody their own roles to change, and no last admin to lose', async () => {
    const own = await add('Selma Self', 'admin');
    const page = await browser.page();
    await signIn(page, own);
    await page.getByRole('row', { name: 'Selma Self' }).click();
    await page.getByText('Nobody changes their own roles').waitFor();
    expect(await page.getByRole('button', { name: /^(Give|Take):/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Disable the account' }).count()).toBe(0);
  });

  it('ends a session, whose tab knows within a second', async () => {
    const [lead, worker] = [await add('Lea Lead', 'lead'), await add('Wim Watcher', 'moderator')];
    const theirs = await browser.page();
    const closed = new Promise<number>((resolve) => {
      theirs.on('websocket', (socket) => {
        socket.on('close', () => resolve(performance.now()));
      });
    });
    await signIn(theirs, worker);
    await theirs.getByText('Live', { exact: true }).waitFor();
    const page = await browser.page();
    await signIn(page, lead);
    await page.goto(`${server.url}/operators`);
    await page.getByRole('row', { name: 'Wim Watcher' }).click();
    expect(await page.getByRole('button', { name: /^(Give|Take):/ }).count()).toBe(0);
    const acknowledged = page
      .waitForResponse((response) => response.request().method() === 'POST')
      .then(() => performance.now());
    await page.getByRole('button', { name: 'End', exact: true }).click();
    expect((await closed) - (await acknowledged)).toBeLessThan(1_000);
    const live = theirs.getByText('Live', { exact: true });
    await live.waitFor({ state: 'detached', timeout: 3_000 });
    browser.forgive(/403|websocket|WebSocket/);
    await theirs.goto(`${server.url}/rooms`);
    expect(new URL(theirs.url()).pathname).toBe('/sign-in');
    await page.getByText('Not signed in anywhere').first().waitFor();
  });

  it('makes an invitation that is shown once', async () => {
    const page = await browser.page();
    await signIn(page, await add('Inga Inviter', 'admin'));
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('Name').fill('Nia New');
    await page.getByLabel('Auditor').check();
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    const link = await page.getByLabel('Link of the invitation').inputValue();
    expect(link).toMatch(/\/invitation\?token=[\w-]{43}$/);
    const [row] = await base.db.sql`select roles from operator where name = 'Nia New'`;
    expect(row?.roles).toEqual(['auditor']);
  });

  it('asks first who one is, when that was long ago', async () => {
    const admin = await add('Olga Old', 'admin');
    const kim = await add('Karl Known');
    const page = await browser.page();
    await signIn(page, admin);
    await ageProof(base, admin.id);
    await page.getByRole('row', { name: 'Karl Known' }).click();
    await page.getByRole('button', { name: 'Give: Auditor' }).click();
    await page.getByLabel('Reason').fill('Quarterly review');
    await page.getByRole('button', { name: 'Give the role' }).click();
    const prove = page.getByRole('link', { name: 'Confirm that it’s you' });
    expect(await prove.getAttribute('href')).toBe('/confirm?to=/operators');
    expect(await rolesOf(kim.id)).toEqual([]);
  });

  it.each(['en', 'zh-CN', 'zh-TW', 'ug'])(
    'fits a phone in %s, and so do the roles',
    async (locale) => {
      const admin = await add(`Phone ${locale}`, 'admin');
      const page = await browser.page({ locale, viewport: { width: 360, height: 740 } });
      await signIn(page, admin);
      await page.locator('main ol li').first().waitFor();
      expect(await overflows(page)).toBe(false);
      expect(await axeOf(page)).toEqual([]);
      await page.locator('main ol li button').first().click();
      await page.getByRole('dialog').waitFor();
      expect(await overflows(page)).toBe(false);
      expect(await axeOf(page)).toEqual([]);
      await page.goto(`${server.url}/operators/roles`);
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(15);
      expect(await overflows(page)).toBe(false);
      expect(await axeOf(page)).toEqual([]);
    },
  );

  it('is not for those who only moderate; the roles are', async () => {
    browser.forgive(/403/);
    const page = await browser.page();
    await signIn(page, await add('Mo Moderator', 'moderator'));
    expect((await page.goto(`${server.url}/operators`))?.status()).toBe(403);
    expect((await page.goto(`${server.url}/operators/roles`))?.status()).toBe(200);
    const row = page.getByRole('row', { name: /Act in rooms/ });
    expect(await row.getByRole('cell').allTextContents()).toEqual([
      'yes',
      'yes',
      'no',
      'no',
      'yes',
    ]);
    const dark = await browser.page({ colorScheme: 'dark' });
    await signIn(dark, await add('Dora Dark', 'auditor'));
    await dark.goto(`${server.url}/operators/roles`);
    expect(await axeOf(dark)).toEqual([]);
  });

  it('closes a room that someone may no longer watch, while they look at it', async () => {
    const worker = await add('Ria Revoked', 'moderator');
    const page = await browser.page();
    await signIn(page, worker);
    await page.goto(`${server.url}/rooms/tea`);
    await page.getByText('Live', { exact: true }).waitFor();
    browser.forgive(/403|404/);
    await changeOperator(base.db, COMMAND_LINE, {
      change: 'revoke',
      operator: worker.id,
      role: 'moderator',
      reason: 'Leaves the team',
    });
    await page.getByText('You can no longer see this room').waitFor();
  });
});
