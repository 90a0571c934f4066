import { describe, expect, it } from 'vitest';
import { strings as uyghur } from '#app/i18n/ug/room.ts';
import { linkHost } from '#server/auth/host-links.ts';
import { axeOf } from '#test/support/browser.ts';
import { cuttable } from '#test/support/cuttable-page.ts';
import {
  DESK,
  isDrawn,
  isLive,
  panelOf,
  pick,
  rowOf,
  useRoomConsole,
} from '#test/support/room-console.ts';

const { base, server, browser, enter, signIn, openRoom } = useRoomConsole();
const PHONE = { width: 360, height: 740 };

describe('the room on a screen', () => {
  it('says since when it is stale, refuses to act then, and is right again after', async () => {
    browser.forgive(/WebSocket|ERR_INTERNET_DISCONNECTED/);
    const page = await openRoom();
    const far = await browser.page({ viewport: DESK });
    const line = await cuttable(far);
    await signIn(far);
    await far.goto(`${server.url}/rooms/talk`);
    await isDrawn(far);
    const panel = await pick(far, 'guest-5');
    await panel.getByRole('button', { name: /^Mute until/ }).waitFor();

    await line.cut();
    await far
      .getByRole('banner')
      .getByText(/^Reconnecting · stale since /)
      .waitFor();
    await far.getByText(/^What you see may be out of date/).waitFor();
    await panel.getByRole('button', { name: /^Mute until/ }).click();
    await far
      .getByText(/Nothing was done\.$/)
      .first()
      .waitFor();
    expect(await far.getByRole('alertdialog').count()).toBe(0);

    const near = await pick(page, 'guest-5');
    await near.getByRole('button', { name: /^Mute until/ }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Mute', exact: true }).click();
    await near.getByText('Muted', { exact: true }).waitFor();
    expect(await panel.getByText('Muted', { exact: true }).count()).toBe(0);

    await line.mend();
    await isLive(far);
    await panel.getByText('Muted', { exact: true }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has no flaw that axe finds (%s)', async (colorScheme) => {
    const page = await openRoom(undefined, { colorScheme });
    await pick(page, 'guest-9');
    expect(await axeOf(page)).toEqual([]);
  });

  it('serves a host on a phone, by thumb and right to left', async () => {
    const omar = await enter('omar', 'Omar Lind', 'speaker');
    const link = await linkHost(base.db, 'system', { room: 'talk', member: 'hana', minutes: 5 });
    if (!link.ok) throw new Error('No link for the host');
    const page = await browser.page({
      viewport: PHONE,
      hasTouch: true,
      isMobile: true,
      locale: 'ug',
    });
    await page.goto(`${server.url}/sign-in?token=${link.token}`);
    await page.locator('form[action="/sign-in"] button').tap();
    await page.waitForURL('**/rooms/talk');
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    const tab = (name: string) => page.getByRole('navigation').getByRole('button', { name });
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    for (const key of ['tabs.stage', 'tabs.hands', 'tabs.more', 'tabs.people'] as const) {
      await tab(uyghur[key]).tap();
      expect(await fits()).toBe(true);
      expect(await axeOf(page)).toEqual([]);
    }
    await page.getByRole('searchbox').fill('omar');
    await rowOf(page, 'omar').tap();
    // The sheet covers the list, so it has the keyboard.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-labelledby')))
      .toBe('person-heading');
    await page.getByRole('button', { name: uyghur['offer.mute'] }).tap();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: uyghur['act.mute'], exact: true }).waitFor();
    expect(await axeOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: uyghur['act.mute'], exact: true }).tap();
    await expect.poll(omar.latest).toMatchObject({ maySpeak: false, muted: true });
    await panelOf(page).getByText(uyghur['state.muted'], { exact: true }).waitFor();
    expect(await fits()).toBe(true);
    expect(await axeOf(page)).toEqual([]);
  });
});
