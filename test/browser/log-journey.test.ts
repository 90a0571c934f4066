import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { parseTlogProof } from '#app/domain/audit/tlog/proof-file.ts';
import { parseTilePath } from '#app/domain/audit/tlog/tile-path.ts';
import { buildApp } from '#server/app.ts';
import { createLogKey, readLogKeys } from '#server/audit/log-key.ts';
import { addOperator, listOperators } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { fakeLogFiles } from '#test/support/fake-log.ts';
import { listNew } from '#test/support/list-new.ts';
import { appendManyEvents } from '#test/support/many-events.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';
import { eventually } from '#test/support/server.ts';

/** How many other events there are: a million for a full run. */
const OTHERS = Number(process.env.LOG_JOURNEY_EVENTS ?? 30_000);
const PATIENCE = 60_000 + OTHERS;
const ORIGIN = 'rostrum.local/log';
const DESK = { width: 1440, height: 900 };

vi.setConfig({ testTimeout: 60_000 });
const base = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'rostrum-journey-'));
const keyFile = join(folder, 'log-key');
createLogKey(keyFile, ORIGIN);
afterAll(() => rmSync(folder, { recursive: true }));
const server = useRostrum(
  base,
  { SIGN_INS_PER_MINUTE: '1000', LOG_KEY_FILE: keyFile, LOG_ORIGIN: ORIGIN },
  async () => {
    await ensureBuilt();
    return openBuiltPages();
  },
);
const browser = useBrowser();

async function signIn(page: Page, name: string): Promise<void> {
  const added = await addOperator(base.db, 'system', { name, roles: ['lead'], minutes: 5 });
  if (!added.ok) throw new Error(added.why);
  await page.goto(`${server.url}/sign-in?token=${added.token}`);
  await page.locator('form[action="/sign-in"] button').click();
  await page.waitForURL('**/rooms');
}

/** A console of its own person on the log, its tree checked. */
async function openLog(name: string, options: object = {}): Promise<Page> {
  const page = await browser.page({ viewport: DESK, ...options });
  await signIn(page, name);
  await page.goto(`${server.url}/log`);
  await page.getByText('checked in this browser just now').waitFor();
  return page;
}

const rows = (page: Page) => page.getByRole('grid', { name: 'Audit log' }).locator('[data-row]');
const titled = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

async function openFirst(page: Page, action: string): Promise<void> {
  await page.goto(`${server.url}/log?action=${action}&actor=Mara`);
  await rows(page).first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/log\/[0-9a-f-]{36}$/);
}

beforeAll(
  async () => {
    const people = [joined('host', { role: 'host' }), joined('guest-1'), joined('guest-2')];
    await server.call('/rooms/tea/events', { body: [opened({ title: 'Evening tea' }), ...people] });
    await addOperator(base.db, 'system', { name: 'Mara Quill', roles: ['lead'], minutes: 5 });
    const mara = (await listOperators(base.db)).find(({ name }) => name === 'Mara Quill');
    const app = buildApp(base.db);
    const mute = randomUUID();
    for (const command of [
      { name: 'mute', id: mute, member: 'guest-1', reason: 'Shouted about lanterns all evening' },
      { name: 'undo', id: randomUUID(), command: mute, reason: 'It was somebody else' },
      { name: 'promote', id: randomUUID(), member: 'guest-2', to: 'speaker', reason: 'Her turn' },
      { name: 'calm_room', id: randomUUID(), minutes: 5, reason: 'Too loud' },
    ]) {
      const actor = { kind: 'operator', id: mara?.id ?? '' } as const;
      const answer = await app.act(actor, { ...command, room: 'tea' });
      if (!answer.ok) throw new Error(answer.reason);
    }
    // From an hour ahead down to now: what is looked for is older than all of them.
    await appendManyEvents(base.ownerUrl, OTHERS, { since: Date.now() + 3_600_000 });
    await eventually(
      async () => {
        const [row] = await base.db.sql<{ size: number }[]>`
        select coalesce(max(tree_size), 0) as size from audit.checkpoint`;
        return row?.size ?? 0;
      },
      (size) => size > OTHERS,
      PATIENCE,
    );
    // The server does so, too, bit by bit; null while it does.
    await eventually(
      () => listNew(base, 20_000),
      (listed) => listed === 0,
      PATIENCE,
    );
  },
  2 * PATIENCE + 60_000,
);

describe('the log', () => {
  it('finds an event among very many, proves it, and leads to what belongs to it', async () => {
    const page = await openLog('Finding');
    const size = new Intl.NumberFormat('en').format(OTHERS).slice(0, -4);
    await page.getByText(new RegExp(`^Log of ${size}`)).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('LANTERNS shouted');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByText('More filters').click();
    await page.locator('select[name=action]').selectOption('participant');
    await page.waitForURL(/action=participant/);
    await page.getByLabel('By (name or reference)').fill('mara');
    await page.getByLabel('Room (id)').fill('tea');
    await page.keyboard.press('Enter');
    await page.waitForURL(/words=.*actor=mara.*room=tea/);
    // The form stays the same one: the keyboard is still in it.
    expect(await page.evaluate(() => document.activeElement?.closest('form') !== null)).toBe(true);
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(await axeOf(page)).toEqual([]);

    await rows(page).first().focus();
    await page.keyboard.press('Enter');
    await titled(page, 'Muted');
    await page.getByText('Shouted about lanterns all evening').waitFor();
    const change = page.getByRole('row', { name: /May speak/ });
    expect(await change.textContent()).toMatch(/Yes.*No/);
    await page.getByRole('button', { name: 'Check in this browser' }).click();
    await page.getByText(/^Proven: this event is number/).waitFor();
    await page.getByText(/recorded fields were hashed again here/).waitFor();
    expect(await axeOf(page)).toEqual([]);

    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the proof' }).click();
    const proof = parseTlogProof(await textOf(await waiting));
    expect(parseCheckpoint(parseNote(proof.checkpoint).text).origin).toBe(ORIGIN);

    await page.getByRole('link', { name: /^Allowed to speak/ }).click();
    await titled(page, 'Allowed to speak');
    await page.getByText('Takes back').waitFor();
    await page.getByRole('link', { name: /^Muted/ }).click();
    await titled(page, 'Muted');
    await page.getByRole('button', { name: 'Back to the log' }).click();
    await titled(page, 'Allowed to speak');
  });

  it('leads from an act to its parts and back', async () => {
    const page = await openLog('Following');
    await openFirst(page, 'room.calmed');
    await titled(page, 'Room calmed');
    await page.getByRole('link', { name: /^Room locked/ }).click();
    await titled(page, 'Room locked');
    await page.getByRole('link', { name: /^Room calmed/ }).click();
    await titled(page, 'Room calmed');
  });

  it('goes to older pages and back to newer ones', async () => {
    const page = await openLog('Paging');
    const first = await rows(page).first().textContent();
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForURL(/before=/);
    await expect.poll(() => rows(page).first().textContent()).not.toBe(first);
    await page.getByRole('link', { name: 'Newer' }).click();
    await expect.poll(() => rows(page).first().textContent()).toBe(first);
  });

  it('says how far it looked when that was far and in vain, and goes on from there', async () => {
    const page = await openLog('Digging');
    // Of both there are thousands, and nothing is both.
    await page.goto(`${server.url}/log?action=participant&outcome=refused`);
    const grid = page.getByRole('grid', { name: 'Audit log' });
    const found = grid.getByText(/^(Nothing like that since|Nothing recorded is like that)/);
    const ends: string[] = [];
    for (;;) {
      await found.waitFor();
      expect(await rows(page).count()).toBe(0);
      ends.push((await found.textContent()) ?? '');
      const goOn = page.getByRole('link', { name: 'Look further back' });
      if ((await goOn.count()) === 0) break;
      await page.getByText('The search ended there so that it stays quick.').first().waitFor();
      await page.getByText(/^Looked back to .*\. There may be more before that\.$/).waitFor();
      if (ends.length === 1) expect(await axeOf(page)).toEqual([]);
      const before = page.url();
      await goOn.click();
      await page.waitForURL((url) => url.href !== before);
      await expect.poll(() => found.textContent()).not.toBe(ends.at(-1));
    }
    expect(ends.length).toBeGreaterThan(1);
    expect(ends[0]).toMatch(/^Nothing like that since/);
    expect(ends.at(-1)).toBe('Nothing recorded is like that');
  });

  it('keeps a view, shares it, and takes the log away for a purpose only', async () => {
    const page = await openLog('Keeping');
    await page.locator('select[name=outcome]').selectOption('refused');
    await page.waitForURL(/outcome=refused/);
    await page.getByRole('button', { name: 'Saved views' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Refused lately');
    await dialog.getByLabel('For the whole team').check();
    await dialog.getByRole('button', { name: 'Save this view' }).click();
    await dialog.getByRole('link', { name: /Refused lately/ }).waitFor();
    await page.keyboard.press('Escape');

    const other = await openLog('Sharing');
    await other.getByRole('button', { name: 'Saved views' }).click();
    await other.getByRole('link', { name: /Refused lately/ }).click();
    await other.waitForURL(/outcome=refused/);

    await page.goto(`${server.url}/log?room=tea`);
    await page.getByRole('button', { name: 'Export' }).click();
    await dialog.getByRole('button', { name: 'Record and download' }).click();
    await dialog.getByText('Say why').waitFor();
    await dialog.getByLabel('Why, in words').fill('For the yearly audit');
    const waiting = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Record and download' }).click();
    expect(await textOf(await waiting)).toContain('Shouted about lanterns all evening');
    await page.goto(`${server.url}/log?action=log.exported&actor=Keeping`);
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByText('For the yearly audit').first().waitFor();
  });
});

describe('what is sealed', () => {
  it('is shown for a purpose, once it is on the record, until one leaves', async () => {
    const page = await openLog('Revealing');
    await page.goto(`${server.url}/rooms/tea`);
    await page.getByRole('searchbox', { name: 'Find a person' }).fill('guest-1');
    await page.getByRole('row').filter({ hasText: '@guest-1' }).click();
    await page
      .getByRole('button', { name: /^Report/ })
      .first()
      .click();
    const report = page.getByRole('alertdialog');
    await report.getByLabel('Reason').fill('He would not stop');
    await report.getByRole('button', { name: 'Report to trust and safety' }).click();
    await page.getByRole('button', { name: 'Receipt' }).click();
    const receipt = page.getByRole('dialog');
    const waiting = page.waitForEvent('download');
    await receipt.getByRole('button', { name: 'Download the receipt' }).click();
    const { event, leafHash } = JSON.parse(await textOf(await waiting));
    await receipt.getByRole('button', { name: 'Download the proof' }).waitFor();
    expect(await axeOf(page)).toEqual([]);

    await page.goto(`${server.url}/log/${event}`);
    await titled(page, 'Report filed');
    await page.getByText(leafHash).waitFor();
    expect(await page.content()).not.toContain('He would not stop');
    const reason = page.locator('dd').filter({ hasText: 'Sealed' }).first();
    await reason.getByRole('button', { name: 'Reveal' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Record and show' }).click();
    await dialog.getByText('Say why').waitFor();
    await dialog.getByLabel('Why, in words').fill('To decide what he did');
    await dialog.getByRole('button', { name: 'Record and show' }).click();
    await page.getByText('He would not stop').waitFor();
    expect(await axeOf(page)).toEqual([]);

    await page.goto(`${server.url}/log/reads?actor=Revealing`);
    const read = page.getByRole('grid', { name: 'Reads' }).locator('[data-row]');
    await expect.poll(() => read.count()).toBe(1);
    expect(await read.textContent()).toMatch(/Revealing.*Reason.*To decide what he did.*Shown/);
    await read.focus();
    await page.keyboard.press('Enter');
    await titled(page, 'Report filed');
    expect(await page.content()).not.toContain('He would not stop');
  });
});

describe('a forked log', () => {
  it('is a red banner on every screen until someone pins anew', async () => {
    const page = await openLog('Watching');
    const banner = page.getByRole('region', { name: 'The audit log contradicts' });
    expect(await banner.count()).toBe(0);

    const leaves = Array.from({ length: OTHERS + 100 }, (_, at) => Buffer.from(`forged ${at}`));
    const forged = fakeLogFiles(leaves, readLogKeys(keyFile, ORIGIN, false), ORIGIN);
    await page.route('**/log/checkpoint', async (route) =>
      route.fulfill({ body: (await forged.checkpoint()) ?? '', contentType: 'text/plain' }),
    );
    await page.route('**/log/tile/**', async (route) => {
      const path = new URL(route.request().url()).pathname.slice('/log/'.length);
      const { level, index, width } = parseTilePath(path);
      const read = async () => forged.tile({ level: Number(level), index, width });
      const tile = await read().catch(() => null);
      await route.fulfill(
        tile === null ? { status: 404 } : { body: Buffer.from(tile.subarray(0, width * 32)) },
      );
    });
    await page.goto(`${server.url}/rooms`);
    await banner.waitFor();
    await page.getByRole('banner').getByText('Live', { exact: true }).waitFor();
    expect(await axeOf(page)).toEqual([]);

    // The fork was shown to this browser alone, for a moment: the banner stays.
    await page.unroute('**/log/checkpoint');
    await page.unroute('**/log/tile/**');
    await page.goto(`${server.url}/log`);
    await banner.waitFor();
    const waiting = page.waitForEvent('download');
    await banner.getByRole('button', { name: 'Download the evidence' }).click();
    const evidence = JSON.parse(await textOf(await waiting));
    expect(evidence.alarms[0]).toMatchObject({ kind: 'fork', note: await forged.checkpoint() });

    await banner.getByRole('button', { name: 'Pin anew…' }).click();
    await page.getByRole('button', { name: 'Trust it as it is now' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.getByText('checked in this browser just now').waitFor();
    await page.getByRole('button', { name: 'Old checkpoints kept as evidence' }).waitFor();
    await page.reload();
    await page.getByText('checked in this browser just now').waitFor();
    expect(await banner.count()).toBe(0);
  });
});
