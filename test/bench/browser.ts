import { type Browser, type BrowserContext, chromium as engine, type Page } from 'playwright-core';
import { findChromium } from '#test/support/find-chromium.ts';
import type { BenchRostrum } from './rostrum.ts';

/** Starts the headless browser of the package registry. */
export async function startBrowser(): Promise<Browser> {
  return engine.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/** A browser's profile, signed in as a lead, with a screen so tall that 60 rows are drawn. */
export async function signedIn(
  browser: Browser,
  { url, cookie }: BenchRostrum,
  height = 900,
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height }, locale: 'en' });
  const [name, value] = cookie.split('=') as [string, string];
  await context.addCookies([{ name, value, url }]);
  return context;
}

/** Opens a room and waits until its people are drawn and live. */
export async function openRoomPage(
  context: BrowserContext,
  { url }: BenchRostrum,
  room: string,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/rooms/${room}`);
  await page.locator('[data-row="0"]').first().waitFor();
  return page;
}

/** Finds someone in the roster by handle and opens the question whether to mute them. */
export async function askToMute(page: Page, handle: string): Promise<void> {
  await page
    .getByRole('row')
    .filter({ hasText: `@${handle}` })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^Mute until allowed/ })
    .first()
    .click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Mute', exact: true }).waitFor();
}

/** Presses the question's red button. */
export async function confirmMute(page: Page): Promise<void> {
  const button = page.getByRole('alertdialog').getByRole('button', { name: 'Mute', exact: true });
  await button.click();
}

/**
 * Notes in the page when its red button is clicked and when a person's row first says that they are
 * muted, both in milliseconds since 1970 on the clock that all processes of a machine share.
 */
export async function watchMarks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const marks = { clicked: 0, muted: {} as Record<string, number> };
    Object.assign(window, { marks });
    const now = () => performance.timeOrigin + performance.now();
    addEventListener('click', () => Object.assign(marks, { clicked: now() }), true);
    const look = () => {
      for (const row of document.querySelectorAll('[role="row"][data-row]')) {
        const text = row.textContent ?? '';
        const handle = /@([a-z0-9-]+)/.exec(text)?.[1];
        if (handle && text.includes('Muted')) marks.muted[handle] ??= now();
      }
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
}

/** Waits for the mark on someone's row. @returns the two instants; `clicked` is this page's last */
export async function readMarks(page: Page, handle: string) {
  const found = await page.waitForFunction((who) => {
    const { marks } = window as unknown as {
      marks: { clicked: number; muted: Record<string, number> };
    };
    const muted = marks.muted[who];
    return muted === undefined ? null : { clicked: marks.clicked, muted };
  }, handle);
  return (await found.jsonValue()) as { clicked: number; muted: number };
}
