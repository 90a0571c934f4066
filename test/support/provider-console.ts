import { afterAll } from 'vitest';
import { openBuiltPages } from '#server/http/pages.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { CLIENT, startProvider } from '#test/support/oidc-provider.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRostrum } from '#test/support/rostrum.ts';
import { keepablePort } from '#test/support/server-process.ts';

/** The console's pages, built before they are first asked for. */
export async function openPages() {
  await ensureBuilt();
  return openBuiltPages();
}

/**
 * A console whose people sign in at a real provider, for all tests of the file.
 * @param more of its environment
 */
export async function startProviderConsole(more: Record<string, string> = {}) {
  const port = await keepablePort();
  const origin = `http://localhost:${port}`;
  const provider = await startProvider(`${origin}/sign-in/provider/back`);
  afterAll(() => provider.stop());
  const base = useDatabase();
  const environment = {
    PORT: String(port),
    ACCOUNT_KEY: 'an account key of the tests, long enough',
    SIGN_INS_PER_MINUTE: '1000',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    OIDC_NAME: 'Example Org',
    OIDC_ROLE_MAP: 'trust-and-safety=moderator,trust-leads=moderator+lead,it=admin',
    ...more,
  };
  useRostrum(base, environment, openPages);
  return { origin, provider, base, environment };
}
