import type { Page, Route } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/load-context.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { linkHost } from '#server/auth/host-links.ts';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { event, joined, opened, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '1000' }, async () => {
  await ensureBuilt();
  return openBuiltPages();
});
const browser = useBrowser();

const PHONE = { width: 360, height: 740 };

async function linkOf(name: string, ...roles: OperatorRole[]): Promise<string> {
  const added = await addOperator(base.db, 'system', { name, roles, minutes: 5 });
  if (!added.ok) throw new Error(added.why);
  return `${server.url}/sign-in?token=${added.token}`;
}

async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.locator('form[action="/sign-in"] button').click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

async function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

const titles = (page: Page) => page.locator('[data-row] a bdi').allTextContents();

/** Run in a page: what React does in a task of its own waits for a press, as on a busy machine. */
function holdTasks(): void {
  if (location.pathname !== '/sign-in') return;
  const { prototype } = MessagePort;
  const { postMessage } = prototype;
  const held: (() => void)[] = [];
  prototype.postMessage = function (message: unknown) {
    Object.assign(window, { held: held.push(() => postMessage.call(this, message)) });
  };
  addEventListener('click', () => {
    prototype.postMessage = postMessage;
    for (const post of held) post();
  });
}

beforeAll(async () => {
  for (const [room, title, members] of [
    ['tea', 'Evening tea', 3],
    ['verse', 'ئاخشاملىق شېئىر', 2],
    ['walk', '长街散步', 1],
  ] as const) {
    const people = Array.from({ length: members }, (_, at) => joined(`${room}-${at}`));
    const body = [opened({ title }), joined(`${room}-host`, { role: 'host' }), ...people];
    await server.call(`/rooms/${room}/events`, { body });
  }
});

describe('signing in', () => {
  it('uses a link up by a press, not by a look, and only once', async () => {
    const link = await linkOf('Once', 'lead');
    const first = await browser.page();
    await first.goto(link);
    await first.goto(link);
    expect(await axeOf(first)).toEqual([]);
    await signIn(first, link);
    expect(new URL(first.url()).pathname).toBe('/rooms');

    browser.forgive(/403/);
    const second = await browser.page();
    await second.goto(link);
    await second.getByRole('button', { name: 'Sign in here' }).click();
    await second.getByRole('alert').waitFor();
    expect(await second.getByRole('heading').textContent()).toBe('This link can’t be used');
    expect(await axeOf(second)).toEqual([]);
    await second.goto(`${server.url}/rooms`);
    expect(new URL(second.url()).pathname).toBe('/sign-in');
  });

  it('says the same of a link that never was', async () => {
    browser.forgive(/403/);
    const page = await browser.page();
    await page.goto(`${server.url}/sign-in?token=${'x'.repeat(43)}`);
    await page.getByRole('button', { name: 'Sign in here' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('heading').textContent()).toBe('This link can’t be used');
  });

  it('takes a press that comes before the page is awake', async () => {
    const page = await browser.page();
    await page.addInitScript(holdTasks);
    await page.goto(await linkOf('Early', 'lead'));
    await page.waitForFunction(() => 'held' in window);
    await page.getByRole('button', { name: 'Sign in here' }).click();
    await page.waitForURL('**/rooms');
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('ends by signing out', async () => {
    const page = await browser.page();
    await signIn(page, await linkOf('Leaving', 'moderator'));
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.goto(`${server.url}/rooms`);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });
});

describe('the list of rooms', () => {
  it('is there without any script', async () => {
    const page = await browser.page({ javaScriptEnabled: false });
    await signIn(page, await linkOf('Plain', 'lead'));
    expect(await titles(page)).toEqual(['Evening tea', 'ئاخشاملىق شېئىر', '长街散步']);
  });

  it('follows what happens, in its order', async () => {
    const page = await browser.page();
    await signIn(page, await linkOf('Watching', 'lead'));
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await titles(page)).toEqual(['Evening tea', 'ئاخشاملىق شېئىر', '长街散步']);
    expect(await axeOf(page)).toEqual([]);

    const people = Array.from({ length: 5 }, (_, at) => joined(`late-${at}`));
    await server.call('/rooms/walk/events', { body: people });
    await expect.poll(() => titles(page)).toEqual(['长街散步', 'Evening tea', 'ئاخشاملىق شېئىر']);
  });

  it('stands still under the pointer until told to move', async () => {
    const page = await browser.page();
    await signIn(page, await linkOf('Pointing', 'lead'));
    await page.getByText('Live', { exact: true }).waitFor();
    const before = await titles(page);
    await page.locator('[data-row="2"]').hover();
    const people = Array.from({ length: 20 }, (_, at) => joined(`crowd-${at}`));
    await server.call('/rooms/verse/events', { body: people });
    const verse = page.getByRole('row', { name: 'ئاخشاملىق شېئىر' });
    await verse.getByRole('gridcell', { name: '23', exact: true }).waitFor();
    expect(await titles(page)).toEqual(before);
    await page.keyboard.press('u');
    await expect.poll(async () => (await titles(page))[0]).toBe('ئاخشاملىق شېئىر');
  });

  it('keeps its view in the address and opens a room from the keyboard', async () => {
    const page = await browser.page();
    await signIn(page, await linkOf('Typing', 'lead'));
    await page.getByText('Live', { exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('TEA');
    await expect.poll(() => titles(page)).toEqual(['Evening tea']);
    await page.waitForURL('**/rooms?q=TEA');
    await page.reload();
    expect(await titles(page)).toEqual(['Evening tea']);
    await page.locator('[data-row="0"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/rooms/tea');
    // The keyboard comes along, to what is new.
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content');
  });

  it.each(['en', 'zh-CN', 'zh-TW', 'ug'])('fits a phone in %s', async (locale) => {
    const page = await browser.page({ locale, viewport: PHONE });
    await signIn(page, await linkOf(`Phone ${locale}`, 'lead'));
    await page.locator('main li a').first().waitFor();
    expect(await page.locator('main li a').count()).toBe(3);
    expect(await overflows(page)).toBe(false);
    expect(await axeOf(page)).toEqual([]);
    await page.goto(`${server.url}/log`);
    await page.locator('main ol li').first().waitFor();
    expect(await overflows(page)).toBe(false);
    expect(await axeOf(page)).toEqual([]);
  });

  it('lets an ended room stay in sight', async () => {
    const page = await browser.page();
    await signIn(page, await linkOf('Ending', 'lead'));
    await server.call('/rooms/brief/events', { body: [opened({ title: 'Brief' })] });
    await expect.poll(() => titles(page)).toContain('Brief');
    await server.call('/rooms/brief/events', { body: [event('room_ended')] });
    await page.getByRole('row', { name: 'Brief' }).getByText('Ended').waitFor();
    expect((await titles(page)).at(-1)).toBe('Brief');
  });

  it('sends a host to their room', async () => {
    const link = await linkHost(base.db, 'system', { room: 'tea', member: 'tea-host', minutes: 5 });
    if (!link.ok) throw new Error('No link for the host');
    const page = await browser.page({ viewport: PHONE });
    await signIn(page, `${server.url}/sign-in?token=${link.token}`);
    await page.goto(`${server.url}/rooms`);
    expect(new URL(page.url()).pathname).toBe('/rooms/tea');
  });
});

describe('the audit log', () => {
  it('narrows by what is asked, and keeps it in the address', async () => {
    const page = await browser.page({ colorScheme: 'dark' });
    await signIn(page, await linkOf('Reading', 'auditor'));
    expect(new URL(page.url()).pathname).toBe('/log');
    expect(await axeOf(page)).toEqual([]);
    await page.getByLabel('Action').first().selectOption('room');
    await page.waitForURL('**/log?action=room');
    const names = page.locator('[data-row] bdi').filter({ hasText: /^room\./ });
    await expect.poll(() => names.count()).toBeGreaterThan(2);
    expect(await page.locator('[data-row]').filter({ hasText: 'session.started' }).count()).toBe(0);
    await page.getByText('More filters').click();
    await page.getByLabel('Room (id)').fill('walk');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/log?action=room&room=walk');
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
  });

  it('says so when events are minutes old and the signed log ends before them', async () => {
    const page = await browser.page();
    await signIn(page, await linkOf('Waiting', 'lead'));
    await page.goto(`${server.url}/log`);
    await page.getByText('checked in this browser just now').waitFor();
    const held = await (await fetch(`${server.url}/log/checkpoint`)).text();
    const checkpoint = (route: Route) => route.fulfill({ body: held, contentType: 'text/plain' });
    await page.route('**/log/checkpoint', checkpoint);
    // Entries of one log may be some seconds out of order.
    await page.waitForTimeout(5_500);
    await server.call('/rooms/late/events', { body: [opened({ title: 'Late' })] });
    const warning = page
      .getByRole('alert')
      .filter({ hasText: 'its newest checkpoint is held back' });
    const look = async () => {
      await page.reload();
      await page.getByText('checked in this browser just now').waitFor();
      return warning.count();
    };
    expect(await look()).toBe(0);
    await page.clock.setSystemTime(Date.now() + 4 * 60_000);
    expect(await look()).toBe(1);
    expect(await axeOf(page)).toEqual([]);

    await page.unroute('**/log/checkpoint', checkpoint);
    expect(await look()).toBe(0);
  });

  it('shows the newest of what takes an event back, and leads to all of it', async () => {
    const page = await browser.page({ viewport: PHONE });
    await signIn(page, await linkOf('Counting', 'lead'));
    const append = (entries: Pick<AuditEntry, 'action' | 'reverses'>[]) =>
      base.db.begin((tx) =>
        appendAudit(
          tx,
          entries.map((entry) => ({
            outcome: 'accepted',
            occurred_at: Date.now(),
            actor: 'operator:7',
            ...entry,
          })),
        ),
      );
    const [lock = ''] = await append([{ action: 'room.locked' }]);
    await append(Array.from({ length: 30 }, () => ({ action: 'room.unlocked', reverses: lock })));
    const [last] = await append([{ action: 'room.opened', reverses: lock }]);
    await page.goto(`${server.url}/log/${lock}`);
    await page.getByText('The newest 20 of 31.').waitFor();
    const shown = page.locator('li a[href^="/log/"]');
    expect(await shown.count()).toBe(20);
    expect(await shown.first().getAttribute('href')).toBe(`/log/${last}`);
    expect(await overflows(page)).toBe(false);
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'All of them in the log' }).click();
    await page.waitForURL(`**/log?reverses=${lock}`);
    await expect.poll(() => page.locator('main ol li').count()).toBe(31);
    expect(await page.getByLabel('Takes back (event id)').inputValue()).toBe(lock);
    expect(await overflows(page)).toBe(false);
  });

  it('is not for everyone', async () => {
    browser.forgive(/403/);
    const page = await browser.page();
    await signIn(page, await linkOf('Curious', 'moderator'));
    expect(await page.getByRole('link', { name: 'Log' }).count()).toBe(0);
    const answer = await page.goto(`${server.url}/log`);
    expect(answer?.status()).toBe(403);
    await page.getByText('You may not see this').waitFor();
    expect(await page.locator('[data-row]').count()).toBe(0);
    expect(await axeOf(page)).toEqual([]);
  });
});
