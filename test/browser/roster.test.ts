import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';

const PEOPLE = 400;

const base = useDatabase();
const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '1000' }, async () => {
  await ensureBuilt();
  return openBuiltPages();
});
const browser = useBrowser();

beforeAll(async () => {
  await server.call('/rooms/talk/events', { body: [opened(), joined('early')] });
  const people = Array.from({ length: PEOPLE }, (_, at) => joined(`guest-${at}`));
  const { body } = await server.call('/rooms/talk/events', { body: people });
  expect(body.accepted).toBe(PEOPLE);
  for (const room of ['held', 'pressed']) {
    await server.call(`/rooms/${room}/events`, { body: [opened(), joined('guest')] });
  }
});

let operators = 0;
/** A room, live. */
async function openRoom(room: string): Promise<Page> {
  const name = `Operator ${++operators}`;
  const added = await addOperator(base.db, 'system', { name, roles: ['lead'], minutes: 5 });
  if (!added.ok) throw new Error(added.why);
  const page = await browser.page({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.url}/sign-in?token=${added.token}`);
  await page.locator('form[action="/sign-in"] button').click();
  await page.waitForURL('**/rooms');
  await page.goto(`${server.url}/rooms/${room}`);
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

/** The roster, with the pointer over its third row. */
async function pointAtRoster(): Promise<Page> {
  const page = await openRoom('talk');
  await page.locator('[data-row="2"]').hover();
  return page;
}

const handles = (page: Page) =>
  page.locator('[data-row] bdi').filter({ hasText: /^@/ }).allTextContents();

describe('the roster under the pointer', () => {
  it('shows what is searched for at once', async () => {
    const page = await pointAtRoster();
    await page.keyboard.press('/');
    await page.keyboard.type('guest-399');
    await expect.poll(() => handles(page)).toEqual(['@guest-399']);
  });

  it('holds newcomers back until told to show them', async () => {
    const page = await pointAtRoster();
    await page.getByRole('button', { name: 'Here for' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.locator('[data-row="2"]').hover();
    const before = await handles(page);
    await server.call('/rooms/talk/events', { body: [joined('newcomer')] });
    await page.getByRole('button', { name: 'Update the list' }).waitFor();
    expect(await handles(page)).toEqual(before);
    // By key: as soon as the pointer leaves the list, it moves by itself and the button goes.
    await page.getByRole('button', { name: 'Update the list' }).press('Enter');
    await expect.poll(async () => (await handles(page))[0]).toBe('@newcomer');
  });

  it('sorts by how long someone is here, the longest first', async () => {
    const page = await pointAtRoster();
    const header = page.getByRole('columnheader', { name: 'Here for' });
    await header.getByRole('button').click();
    await expect.poll(async () => (await handles(page))[0]).toBe('@early');
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBeNull();
  });
});

describe('a button that is held', () => {
  const calm = (page: Page) => page.getByRole('button', { name: /^Calm the room/ });
  const calmed = (page: Page) => page.getByText('Calmed', { exact: true });

  it('does nothing when let go early, and acts when held', async () => {
    const page = await openRoom('held');
    await calm(page).hover();
    await page.mouse.down();
    await page.getByText('Keep holding').waitFor();
    await page.mouse.up();
    await page.getByText('Hold to confirm').waitFor();
    await page.keyboard.press('c');
    await page.keyboard.press('Enter');
    await page.getByText('Hold to confirm').waitFor();
    expect(await calmed(page).count()).toBe(0);
    await page.keyboard.down('Enter');
    await calmed(page).waitFor();
    await page.keyboard.up('Enter');
  });

  it('asks for a second press where a press has no length', async () => {
    const page = await openRoom('pressed');
    const press = () => calm(page).evaluate((button: HTMLElement) => button.click());
    await press();
    await page.getByText('Press again to confirm').waitFor();
    expect(await calmed(page).count()).toBe(0);
    await press();
    await calmed(page).waitFor();
  });
});
