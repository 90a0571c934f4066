import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import {
  askToMute,
  confirmMute,
  openRoomPage,
  readMarks,
  signedIn,
  startBrowser,
  watchMarks,
} from './browser.ts';
import { profileOf } from './crowd.ts';
import { alternate, figureOf, medianOf, type SuiteResult } from './figure.ts';
import { longestTask } from './longest-task.ts';
import { type BenchRostrum, startBenchRostrum } from './rostrum.ts';

const PEOPLE = 5_000;
const CHANGES_PER_SECOND = 200;
const SCROLL_SECONDS = 5;
const ROUNDS = 3;
const MUTES = 5;
/** What the design allows: kilobytes (1,000 bytes) of script to open a room, and milliseconds. */
const SCRIPT_ALLOWED = 200;
const CLICK_ALLOWED = 100;

/**
 * The room of 5,000 in a real browser, built for production.
 *
 * - `script-gzip-kB`: every script loaded until people are drawn, gzipped; the limit is the design's.
 * - `longest-task-ms`: the longest task of the main thread, from the browser's own trace, while the
 *   roster is scrolled by wheel and 200 hands a second go up and down; the raw limit is the same
 *   scrolling in a bare page that draws only the rows in view and changes as many, without a
 *   framework or a socket.
 * - `click-ms`: from the click on "Mute" in the dialog to the row saying so; the limit is the
 *   design's.
 */
export async function measureScreen(): Promise<SuiteResult> {
  const rostrum = await startBenchRostrum();
  const browser = await startBrowser();
  try {
    await fillByPlatform(rostrum);
    const context = await signedIn(browser, rostrum);
    const scripts = await measureScripts(browser, rostrum);
    const page = await openRoomPage(context, rostrum, 'wide');
    await page.getByRole('row').nth(5).waitFor();
    const bare = await openBarePage(browser);
    const tasks = await alternate(
      ROUNDS,
      () => scrollUnderLoad(browser, page, rostrum),
      () => longestTask(browser, bare, () => scroll(bare)),
    );
    const clicks = await measureClicks(page);
    await context.close();
    const one = (value: number) => ({ ours: [value], limit: [SCRIPT_ALLOWED] });
    return {
      figures: [
        figureOf('script-gzip-kB', 'kB', 'lower', one(scripts)),
        figureOf('longest-task-ms', 'ms', 'lower', tasks),
        figureOf('click-ms', 'ms', 'lower', { ours: clicks, limit: [CLICK_ALLOWED] }),
      ],
      notes: [`${PEOPLE} rows, ${CHANGES_PER_SECOND} changes/s while scrolling`],
    };
  } finally {
    await browser.close();
    await rostrum.stop();
  }
}

async function fillByPlatform({ openRoom, post }: BenchRostrum): Promise<void> {
  await openRoom('wide');
  for (let from = 0; from < PEOPLE; from += 1_000) {
    await post(
      'wide',
      Array.from({ length: 1_000 }, (_, i) => {
        const member = `wide-${from + i}`;
        return { type: 'joined', id: `joined:${member}`, member, profile: profileOf(member) };
      }),
    );
  }
}

/** @returns kilobytes of script, gzipped, that a room has loaded when its people are drawn */
async function measureScripts(browser: Browser, rostrum: BenchRostrum): Promise<number> {
  const context = await signedIn(browser, rostrum);
  const page = await context.newPage();
  const bodies: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return;
    bodies.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(`${rostrum.url}/rooms/wide`);
  await page.locator('[data-row="5"]').first().waitFor();
  const sizes = await Promise.all(bodies);
  await context.close();
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

let round = 0;

async function scrollUnderLoad(
  browser: Browser,
  page: Page,
  { post }: BenchRostrum,
): Promise<number> {
  const type = round++ % 2 === 0 ? 'hand_raised' : 'hand_lowered';
  const each = 8;
  const calls = (SCROLL_SECONDS * CHANGES_PER_SECOND) / each;
  const change = async () => {
    const started = performance.now();
    const sent: Promise<void>[] = [];
    for (let call = 0; call < calls; call++) {
      await sleep(
        Math.max(0, started + call * (1_000 / CHANGES_PER_SECOND) * each - performance.now()),
      );
      const events = Array.from({ length: each }, (_, i) => {
        const member = `wide-${call * each + i}`;
        return { type, id: `${type}:${member}:${round}`, member };
      });
      sent.push(post('wide', events));
    }
    await Promise.all(sent);
  };
  return longestTask(browser, page, async () => {
    await Promise.all([change(), scroll(page)]);
  });
}

/** Turns the wheel over the middle of the list, down and up again. */
async function scroll(page: Page): Promise<void> {
  const list = page.locator('[role="grid"]').first();
  const box = await list.boundingBox();
  if (!box) throw new Error('There is no list to scroll');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const end = Date.now() + SCROLL_SECONDS * 1_000;
  for (let turn = 0; Date.now() < end; turn++) {
    await page.mouse.wheel(0, turn % 40 < 20 ? 900 : -900);
    await sleep(50);
  }
}

async function measureClicks(page: Page): Promise<number[]> {
  await page.mouse.wheel(0, -1_000_000);
  await watchMarks(page);
  const took: number[] = [];
  for (let i = 0; i <= MUTES; i++) {
    const handle = `wide-${4_990 - i}`;
    // The list keeps still under the pointer.
    await page.mouse.move(0, 0);
    await page.getByRole('searchbox').first().fill(handle);
    await askToMute(page, handle);
    await confirmMute(page);
    const { clicked, muted } = await readMarks(page, handle);
    await page.keyboard.press('Escape');
    // The first pays for loading the dialog.
    if (i > 0) took.push(muted - clicked);
  }
  if (medianOf(took) <= 0) throw new Error('A mark came before its click');
  return took;
}

/** The least a page can do: rows in view drawn by hand, eight of them changed every 40 ms. */
async function openBarePage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent(`
    <div role="grid" style="height: 800px; overflow: auto">
      <div style="position: relative; height: ${PEOPLE * 36}px"></div>
    </div>
    <script>
      const grid = document.querySelector('[role=grid]'), body = grid.firstElementChild;
      const hands = new Uint8Array(${PEOPLE});
      const draw = () => {
        const first = Math.max(0, Math.floor(grid.scrollTop / 36) - 8);
        const rows = [];
        for (let i = first; i < Math.min(${PEOPLE}, first + 40); i++) {
          rows.push('<div style="position:absolute;height:36px;transform:translateY(' + i * 36
            + 'px)">Person ' + i + ' @wide-' + i + (hands[i] ? ' Hand up' : ' Listening') + '</div>');
        }
        body.innerHTML = rows.join('');
      };
      grid.addEventListener('scroll', () => requestAnimationFrame(draw));
      let next = 0;
      setInterval(() => {
        for (let i = 0; i < 8; i++) hands[next++ % ${PEOPLE}] ^= 1;
        requestAnimationFrame(draw);
      }, 40);
      draw();
    </script>`);
  return page;
}
