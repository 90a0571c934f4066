import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { ageProof } from '#test/support/age-proof.ts';
import { axeOf, useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { AUDIENCE, ISSUER, platformSigner } from '#test/support/host-links.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';
import { useReceiver } from '#test/support/webhook-receiver.ts';

const base = useDatabase();
const receiver = useReceiver();
const signer = await platformSigner();
const server = useRostrum(
  base,
  {
    SIGN_INS_PER_MINUTE: '1000',
    PUBLIC_URL: AUDIENCE,
    HOST_LINK_ISSUER: ISSUER,
    HOST_LINK_KEYS: JSON.stringify(signer.jwk),
  },
  async () => {
    await ensureBuilt();
    return openBuiltPages();
  },
);
const browser = useBrowser();
const PHONE = { width: 360, height: 740 };

/** @returns the operator's id */
async function signIn(page: Page, name: string, ...roles: OperatorRole[]): Promise<string> {
  const added = await addOperator(base.db, 'system', { name, roles, minutes: 5 });
  if (!added.ok) throw new Error(added.why);
  await page.goto(`${server.url}/sign-in?token=${added.token}`);
  await page.locator('form[action="/sign-in"] button').click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  return added.id;
}

const overflows = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

beforeAll(async () => {
  const body = [opened({ title: 'Evening tea' }), joined('hana', { role: 'host' })];
  await server.call('/rooms/tea/events', { body });
});

describe('keys', () => {
  it('are made, replaced and revoked by an admin, who sees each secret once', async () => {
    const page = await browser.page();
    await signIn(page, 'Ada', 'admin', 'lead');
    await page.getByRole('link', { name: 'Platform', exact: true }).click();
    await page.getByText('No keys yet').waitFor();
    expect(await axeOf(page)).toEqual([]);

    await page.getByRole('button', { name: 'Make a key' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Back end');
    await form.getByLabel('Read rooms').check();
    expect(await axeOf(page)).toEqual([]);
    await form.getByRole('button', { name: 'Make a key' }).click();
    const secret = await page.getByRole('textbox', { name: 'Secret' }).inputValue();
    expect(secret).toMatch(/^rsk_/);
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    expect((await server.call('/rooms/tea', { secret })).status).toBe(200);
    expect(await page.content()).not.toContain(secret);

    const row = page.locator('[data-row]').filter({ hasText: 'Back end' });
    await row.click();
    const panel = page.getByRole('dialog');
    await panel.getByRole('button', { name: 'Make its successor' }).click();
    const next = await page.getByRole('textbox', { name: 'Secret' }).inputValue();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await expect.poll(() => page.locator('[data-row]').count()).toBe(2);
    expect((await server.call('/rooms/tea', { secret })).status).toBe(200);
    expect((await server.call('/rooms/tea', { secret: next })).status).toBe(200);

    await page.locator('[data-row]').filter({ hasText: 'Replaced' }).click();
    const revoke = page.getByRole('button', { name: 'Revoke now' });
    await revoke.focus();
    await page.keyboard.down('Enter');
    await page.locator('[data-row]').filter({ hasText: 'Revoked' }).waitFor();
    await page.keyboard.up('Enter');
    expect((await server.call('/rooms/tea', { secret })).status).toBe(401);
    expect((await server.call('/rooms/tea', { secret: next })).status).toBe(200);
  });

  it('fit a phone, also right to left', async () => {
    const page = await browser.page({ viewport: PHONE, locale: 'ug' });
    await signIn(page, 'Small', 'admin', 'lead');
    for (const path of ['/platform/keys', '/platform/webhooks']) {
      await page.goto(server.url + path);
      expect(await page.getAttribute('html', 'dir')).toBe('rtl');
      expect([path, await overflows(page)]).toEqual([path, false]);
      expect(await axeOf(page)).toEqual([]);
    }
  });

  it('ask for fresh proof when that was long ago', async () => {
    const page = await browser.page();
    const id = await signIn(page, 'Old', 'admin', 'lead');
    await ageProof(base, id);
    await page.goto(`${server.url}/platform/keys`);
    await page.getByRole('button', { name: 'Make a key' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Late');
    await form.getByLabel('Read rooms').check();
    await form.getByRole('button', { name: 'Make a key' }).click();
    const way = page.getByRole('link', { name: 'Confirm that it’s you' });
    expect(await way.getAttribute('href')).toBe('/confirm?to=/platform/keys');
    expect(await page.getByText('Late').count()).toBe(0);
  });

  it('are nothing for a lead', async () => {
    browser.forgive(/403/);
    const page = await browser.page();
    await signIn(page, 'Lee', 'lead');
    expect(await page.getByRole('link', { name: 'Platform', exact: true }).count()).toBe(0);
    for (const path of ['/platform/keys', '/platform/webhooks']) {
      expect((await page.goto(server.url + path))?.status()).toBe(403);
    }
  });
});

describe('webhooks', () => {
  it('are added, and what arrived can be sent again', async () => {
    const page = await browser.page();
    await signIn(page, 'Kim', 'admin', 'lead');
    await page.goto(`${server.url}/platform/webhooks`);
    await page.getByRole('button', { name: 'Add an address' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Audio app');
    await form.getByLabel('Address').fill(receiver.url);
    expect(await axeOf(page)).toEqual([]);
    await form.getByRole('button', { name: 'Add an address' }).click();
    expect(await page.getByRole('textbox', { name: 'Secret' }).inputValue()).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await server.call('/rooms/verse/events', { body: [opened({ title: 'Verse' })] });
    await expect.poll(() => receiver.received.length).toBe(1);

    await page.locator('[data-row]').filter({ hasText: 'Audio app' }).click();
    await page.getByText('Arrived').waitFor();
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect.poll(() => receiver.received.length).toBe(2);
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });
});

describe("a host's link on a phone", () => {
  it('leads into their room by one press, and nowhere else', async () => {
    const page = await browser.page({ viewport: PHONE });
    const link = `${server.url}/host?token=${await signer.sign()}`;
    // A preview that opens the link uses nothing up.
    await page.goto(link);
    await page.goto(link);
    expect(await overflows(page)).toBe(false);
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open my room' }).click();
    await page.waitForURL('**/rooms/tea');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await overflows(page)).toBe(false);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Evening tea');

    browser.forgive(/403/);
    expect((await page.goto(`${server.url}/rooms/other`))?.status()).toBe(403);
    expect((await page.goto(`${server.url}/platform/keys`))?.status()).toBe(403);
  });

  it('says why it does not, in words that help', async () => {
    browser.forgive(/403/);
    const page = await browser.page({ viewport: PHONE });
    const used = await signer.sign();
    const now = Math.floor(Date.now() / 1_000);
    for (const [token, words] of [
      [used, null],
      [used, 'This link has been used'],
      [await signer.sign({ iat: now - 200, exp: now - 60 }), 'This link has expired'],
      [await signer.sign({ aud: 'https://other.example' }), 'This link can’t be used'],
      [await signer.sign({ member: 'stranger' }), 'You don’t host this room now'],
      [await signer.sign({ room: 'gone' }), 'This room has ended'],
    ] as const) {
      await page.goto(`${server.url}/host?token=${token}`);
      await page.getByRole('button', { name: 'Open my room' }).click();
      if (words === null) {
        await page.waitForURL('**/rooms/tea');
        continue;
      }
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('heading').textContent()).toBe(words);
      expect(new URL(page.url()).pathname).toBe('/host');
    }
    expect(await axeOf(page)).toEqual([]);
    await page.goto(`${server.url}/host?token=%3Cscript%3E`);
    await page.getByRole('heading', { name: 'There is no link here' }).waitFor();
  });
});
