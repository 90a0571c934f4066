import AxeBuilder from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium as launcher,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { findChromium } from '#test/support/find-chromium.ts';

export interface TestBrowser {
  /** A page of its own person: no cookies of others. Closed after the test. */
  page(options?: BrowserContextOptions): Promise<Page>;
  /** Lets a test expect a complaint; all others fail it. */
  forgive(pattern: RegExp): void;
}

/** A real browser for all tests of a file; a test fails on whatever the console complains of. */
export function useBrowser(): TestBrowser {
  // A busy machine may need half a minute for what takes three seconds on an idle one.
  vi.setConfig({ testTimeout: 60_000 });
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];
  let forgiven: RegExp[] = [];
  beforeAll(async () => {
    browser = await launcher.launch({
      executablePath: await findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });
  afterEach(async () => {
    const heard = complaints.filter((text) => !forgiven.some((pattern) => pattern.test(text)));
    await Promise.all(contexts.map((context) => context.close()));
    [contexts, complaints, forgiven] = [[], [], []];
    expect(heard).toEqual([]);
  });
  afterAll(() => browser?.close());
  return {
    async page(options = {}) {
      const context = await browser.newContext({ locale: 'en', ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (/error|warning/.test(message.type())) complaints.push(message.text());
      });
      return page;
    },
    forgive: (pattern) => void forgiven.push(pattern),
  };
}

/** @returns what axe finds wrong with a page: rule and element, nothing when all is well. */
export async function axeOf(page: Page): Promise<string[]> {
  // Run in the page itself, which is half the work; what it can't see so is other frames.
  if (page.frames().length > 1) throw new Error('The page has frames, which axe would pass over');
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
