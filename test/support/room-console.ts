import type { Locator, Page } from 'playwright-core';
import { beforeAll } from 'vitest';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import type { StartOptions } from '#server/start.ts';
import { useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useMembers } from '#test/support/members.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';

const PEOPLE = 300;
export const DESK = { width: 1440, height: 900 };

/** The console on a room of hundreds, for all tests of the file. */
export function useRoomConsole(more: Omit<StartOptions, 'openPages'> = {}) {
  const base = useDatabase();
  const openPages = async () => {
    await ensureBuilt();
    return openBuiltPages();
  };
  const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '1000' }, openPages, more);
  const browser = useBrowser();
  const members = useMembers(server, 'talk');

  beforeAll(async () => {
    const people = Array.from({ length: PEOPLE }, (_, at) => joined(`guest-${at}`));
    const body = [opened({ title: 'Evening talk' }), ...people];
    await server.call('/rooms/talk/events', { body });
    await members.enter('hana', 'Hana Orchard', 'host');
  });

  let operators = 0;
  async function signIn(page: Page, name = `Operator ${++operators}`): Promise<void> {
    const added = await addOperator(base.db, 'system', { name, roles: ['lead'], minutes: 5 });
    if (!added.ok) throw new Error(added.why);
    await page.goto(`${server.url}/sign-in?token=${added.token}`);
    await page.getByRole('button', { name: 'Sign in here' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/rooms');
  }

  /** A console of its own person on the room, live. */
  async function openRoom(name?: string, options: object = {}): Promise<Page> {
    const page = await browser.page({ viewport: DESK, ...options });
    await signIn(page, name);
    await page.getByRole('link', { name: 'Evening talk' }).click();
    await isDrawn(page);
    return page;
  }

  return { base, server, browser, ...members, signIn, openRoom };
}

/** Waits until the page says that it is live. */
export const isLive = (page: Page) =>
  page.getByRole('banner').getByText('Live', { exact: true }).waitFor();

/** Waits until the room is live and its list has rows: the list of rooms is live too. */
export async function isDrawn(page: Page): Promise<void> {
  await page.getByRole('grid', { name: 'Everyone here' }).locator('[data-row="0"]').waitFor();
  await isLive(page);
}

export const rowOf = (page: Page, member: string) =>
  page.getByRole('row').filter({ hasText: new RegExp(`@${member}(?!\\d)`) });
export const panelOf = (page: Page) => page.locator('section[aria-labelledby="person-heading"]');

/** Finds someone in the list and opens them. */
export async function pick(page: Page, member: string): Promise<Locator> {
  await page.getByRole('searchbox', { name: 'Find a person' }).fill(member);
  await rowOf(page, member).click();
  return panelOf(page);
}
