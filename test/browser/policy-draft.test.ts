import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LARGEST_POLICY } from '#app/domain/policies/view.ts';
import { axeOf } from '#test/support/browser.ts';
import { useConsole } from '#test/support/use-console.ts';

const { server, signedIn } = useConsole();

async function openDraft(name: string): Promise<Page> {
  const page = await signedIn(name, 'admin');
  await page.goto(`${server.url}/policies/draft`);
  return page;
}

/** Writes new clauses below what is there, by keyboard alone. */
async function write(page: Page, ...codes: string[]): Promise<void> {
  for (const code of codes) {
    await page.getByRole('button', { name: 'Add a clause' }).focus();
    await page.keyboard.press('Enter');
    // The code of the new one has the keyboard.
    await page.keyboard.type(code);
  }
}

const order = (page: Page) => page.getByRole('article').getByRole('heading').allTextContents();
const focused = (page: Page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    return plain(one?.getAttribute('aria-label') ?? one?.textContent ?? '');
    function plain(text: string) {
      return text.replace(/[\u2068\u2069]/g, '');
    }
  });
const press = async (page: Page, name: RegExp) => {
  await page.getByRole('button', { name }).focus();
  await page.keyboard.press('Enter');
};

describe('the clauses of a draft', () => {
  it('say which one a button moves, and keep the keyboard with it', async () => {
    const page = await openDraft('Orderly');
    await write(page, 'spam', 'theft', 'abuse');
    await press(page, /Move .abuse. up/);
    expect(await focused(page)).toBe('Move abuse up');
    await page.keyboard.press('Enter');
    expect((await order(page)).map((text) => text.replace(/[\u2068\u2069]/g, ''))).toEqual([
      '1. abuse',
      '2. spam',
      '3. theft',
    ]);
    // It can't go higher: the way back is nearest.
    await expect.poll(() => focused(page)).toBe('Move abuse down');
    await page.getByText(/abuse. is now in place 1 of 3\./).waitFor({ state: 'attached' });
    expect(await axeOf(page)).toEqual([]);
  });

  it('leave the keyboard beside one that is taken out, and give it back whole', async () => {
    const page = await openDraft('Careful');
    await write(page, 'spam', 'theft');
    await page.getByLabel('Title').first().fill('Spam');
    await press(page, /Remove .spam/);
    await expect.poll(() => focused(page)).toBe('1. theft');
    await page.getByText(/spam. was removed\. You can undo/).waitFor({ state: 'attached' });
    // What offers to undo it leaves the way to save it free.
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 740 });
      await page.getByRole('button', { name: 'Save draft' }).click({ trial: true, timeout: 2_000 });
    }
    await press(page, /Remove .theft/);
    await expect.poll(() => focused(page)).toBe('Add a clause');
    await page
      .getByRole('region', { name: 'Notices' })
      .getByRole('button', { name: /^Undo/ })
      .first()
      .click();
    expect(await page.getByLabel('Code').inputValue()).toBe('spam');
    expect(await page.getByLabel('Title').inputValue()).toBe('Spam');
    // What can't be put back any more isn't offered.
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('link', { name: 'Policy' }).first().click();
    await page.waitForURL((url) => url.pathname === '/policies');
    await page.getByRole('button', { name: /^Undo/ }).waitFor({ state: 'detached' });
  });

  it('are called too large for as long as they are', async () => {
    const page = await openDraft('Thorough');
    // Each text holds 2,000 letters of three bytes at the most: eleven of them are too many.
    const many = Math.ceil(LARGEST_POLICY / 6_000) + 1;
    await write(page, ...Array.from({ length: many }, (_, at) => `clause_${at}`));
    for (let at = 0; at < many; at++) {
      await page.getByLabel('Title').nth(at).fill('Long');
      await page.getByLabel('What it says').nth(at).fill('规'.repeat(2_000));
    }
    await page.getByRole('button', { name: 'Save draft' }).click();
    const refusal = page.getByText('more than one version holds');
    await refusal.waitFor();
    await page.getByLabel('What it says').first().fill('Short');
    await page.getByLabel('What it says').nth(1).fill('Short');
    await refusal.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText(/Saved .* by .Thorough/).waitFor();
  });
});
