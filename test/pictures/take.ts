import { join } from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startBrowser } from '#test/bench/browser.ts';

const USAGE =
  'node test/pictures/take.ts LEAD_LINK ADMIN_LINK HOST_LINK, as `npm run demo` prints them';
const links = process.argv.slice(2);
if (links.length !== 3) throw new Error(USAGE);
const [lead, admin, host] = links as [string, string, string];
const { origin } = new URL(lead);
const folder = join(import.meta.dirname, '../../docs/pictures');
const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true };

const browser = await startBrowser();
const signedIn = new Map<string, Awaited<ReturnType<typeof signIn>>>();
try {
  await takeAll();
} finally {
  await browser.close();
}

/** Pictures of the console on the demo's world, for docs/pictures. */
async function takeAll(): Promise<void> {
  const rooms = await open(lead, '/rooms', { ...DESK, colorScheme: 'dark' });
  await shoot(rooms, 'rooms-dark');

  const dark = await openRoom(lead, '长桌夜话', { ...DESK, colorScheme: 'dark' });
  await speakerOf(dark).click();
  await dark.getByRole('button', { name: /^Mute/ }).click();
  await dark.getByRole('alertdialog').getByRole('button', { name: 'Mute', exact: true }).click();
  await dark.getByRole('alertdialog').waitFor({ state: 'detached' });
  await shoot(dark, 'room-dark');

  const light = await openRoom(lead, '各地来信|各地來信', { ...DESK, colorScheme: 'light' });
  await speakerOf(light).click();
  await light.getByRole('button', { name: /^Mute/ }).click();
  const clause = light.getByLabel('Policy clause');
  await clause.selectOption({ index: 1 });
  await shoot(light, 'room-light');

  const rtl = await openRoom(lead, '长桌夜话', { ...DESK, colorScheme: 'light', locale: 'ug' });
  await shoot(rtl, 'room-rtl');

  const phone = await open(host, '/', { ...PHONE, colorScheme: 'dark', locale: 'zh-TW' });
  await stageOf(phone).first().waitFor();
  await shoot(phone, 'room-phone');
  await stageOf(phone).nth(3).tap();
  await phone.locator('section[aria-labelledby="person-heading"]').waitFor();
  await shoot(phone, 'room-phone-person');

  const log = await open(lead, '/log', { ...DESK, colorScheme: 'light' });
  await beenAtItFor(log, 45);
  await shoot(log, 'log-light');

  const policies = await open(admin, '/policies', { ...DESK, colorScheme: 'light' });
  await policies.getByRole('button', { name: 'Seen' }).click();
  await shoot(policies, 'policies-light');
}

/** Someone on the stage who can be muted. */
function speakerOf(page: Page): Locator {
  return stageOf(page)
    .filter({ hasText: 'Mic off', hasNotText: /Host|Moderator/ })
    .first();
}

function stageOf(page: Page): Locator {
  return page.locator('section[aria-labelledby="stage-heading"] button');
}

async function openRoom(
  link: string,
  title: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const page = await open(link, '/rooms', options);
  await page.getByRole('link', { name: new RegExp(title) }).click();
  await page.locator('[role="grid"] [data-row="5"]').waitFor();
  return page;
}

/** A page of whoever a link is for; a link is used once. */
async function open(link: string, path: string, options: BrowserContextOptions): Promise<Page> {
  const storageState = signedIn.get(link) ?? (await signIn(link));
  signedIn.set(link, storageState);
  const context = await browser.newContext({ locale: 'en', ...options, storageState });
  const page = await context.newPage();
  await page.goto(origin + path);
  return page;
}

async function signIn(link: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.locator('main form button').last().click();
  await page.waitForURL((url) => !/^\/(sign-in|host)/.test(url.pathname));
  return context.storageState();
}

/** Has the browser remember that somebody worked so long, and wants to hear of it. */
async function beenAtItFor(page: Page, minutes: number): Promise<void> {
  await page.context().request.post(`${origin}/preferences`, {
    form: { breakAfter: `${minutes}` },
    headers: { Origin: origin },
  });
  await page.evaluate((worked) => {
    const shift = { minutes: worked, at: Date.now(), putOffAt: 0 };
    localStorage.setItem('rostrum:shift', JSON.stringify(shift));
  }, minutes);
  await page.reload();
}

/** Waits until faces and live figures stand, and keeps what is in view. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
