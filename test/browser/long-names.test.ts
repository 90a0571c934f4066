import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, profileOf, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '1000' }, async () => {
  await ensureBuilt();
  return openBuiltPages();
});
const browser = useBrowser();

/** A screen in one direction, with names in the other. */
const CASES = [
  { room: 'latin', screen: 'ug', direction: 'rtl', word: 'Evening ', handle: 'evening_' },
  { room: 'arabic', screen: 'en', direction: 'ltr', word: 'ئاخشاملىق ', handle: 'ئاخشاملىق_' },
];

async function openRooms(locale: string): Promise<Page> {
  const person = { name: `Reader ${locale}`, roles: ['lead' as const], minutes: 5 };
  const added = await addOperator(base.db, 'system', person);
  if (!added.ok) throw new Error(added.why);
  const page = await browser.page({ locale, viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.url}/sign-in?token=${added.token}`);
  await page.locator('form[action="/sign-in"] button').click();
  await page.waitForURL('**/rooms');
  return page;
}

/** Which of a text's first and last letter are in sight. */
function endsInSight(text: Locator): Promise<[first: boolean, last: boolean]> {
  return text.evaluate((element) => {
    const letters = element.firstChild as Text;
    const isInSight = (at: number) => {
      const range = document.createRange();
      range.setStart(letters, at);
      range.setEnd(letters, at + 1);
      const { left, right } = range.getBoundingClientRect();
      for (let box: Element | null = element; box; box = box.parentElement) {
        if (getComputedStyle(box).overflowX === 'visible') continue;
        const edges = box.getBoundingClientRect();
        if (left < edges.left - 1 || right > edges.right + 1) return false;
      }
      return true;
    };
    return [isInSight(0), isInSight(letters.data.trimEnd().length - 1)];
  });
}

describe('a name too long for its place', () => {
  it.each(CASES)('is cut off at its own end on a screen in $screen', async (given) => {
    const { room, screen, direction, word, handle } = given;
    const long = word.repeat(10).trim();
    const person = (member: string, profile: object, more = {}) =>
      joined(member, { ...more, profile: { ...profileOf(member), ...profile } });
    const body = [
      opened({ title: long }),
      person(`${room}-name`, { name: long }, { role: 'speaker' }),
      person(`${room}-handle`, { name: word.trim(), handle: handle.repeat(5) }),
    ];
    const { body: answer } = await server.call(`/rooms/${room}/events`, { body });
    expect(answer.accepted).toBe(body.length);

    const page = await openRooms(screen);
    expect(await page.locator('html').getAttribute('dir')).toBe(direction);
    const title = page.locator('[data-row] bdi').filter({ hasText: long });
    await expect.poll(() => endsInSight(title)).toEqual([true, false]);
    await title.click();

    const inRoster = page.locator('[data-row] bdi');
    const name = inRoster.filter({ hasText: long });
    await expect.poll(() => endsInSight(name)).toEqual([true, false]);
    const longHandle = inRoster.filter({ hasText: `@${handle.repeat(5)}` });
    await expect.poll(() => endsInSight(longHandle)).toEqual([true, false]);
    const onStage = page.locator('li[data-item] bdi').filter({ hasText: long });
    await expect.poll(() => endsInSight(onStage)).toEqual([true, false]);
  });
});
