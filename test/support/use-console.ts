import type { BrowserContextOptions, Page } from 'playwright-core';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { useBrowser } from '#test/support/browser.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRostrum } from '#test/support/rostrum.ts';

/** The console as people see it, in a real browser, for all tests of the file. */
export function useConsole() {
  const base = useDatabase();
  const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '1000' }, async () => {
    await ensureBuilt();
    return openBuiltPages();
  });
  const browser = useBrowser();

  /** Signs somebody new in, by a link, on a page that may be prepared for it. */
  async function signIn(page: Page, name: string, ...roles: OperatorRole[]): Promise<void> {
    const added = await addOperator(base.db, 'system', { name, roles, minutes: 5 });
    if (!added.ok) throw new Error(added.why);
    await page.goto(`${server.url}/sign-in?token=${added.token}`);
    await page.locator('form[action="/sign-in"] button').click();
    await page.waitForURL((url) => url.pathname !== '/sign-in');
  }

  /** A page of somebody new who has signed in. */
  async function signedIn(
    name: string,
    role: OperatorRole,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const page = await browser.page(options);
    await signIn(page, name, role);
    return page;
  }

  return { base, server, browser, signIn, signedIn };
}
