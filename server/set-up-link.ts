import { makeSetUpLink } from './auth/set-up.ts';
import type { Config } from './config.ts';
import type { Rostrum } from './start.ts';

/** How long a set-up link can be used. */
export const SET_UP_MINUTES = 60;

/**
 * While nobody is an admin, prints the link that makes the first one: on standard error, since it is
 * a secret that no log should keep.
 */
export async function announceSetUp(
  config: Pick<Config, 'http' | 'role'>,
  { url, app }: Pick<Rostrum, 'url' | 'app'>,
): Promise<void> {
  if (config.role === 'worker') return;
  const token = await makeSetUpLink(app.db, SET_UP_MINUTES);
  if (token === null) return;
  const address = `${config.http.publicUrl ?? url}/set-up?token=${token}`;
  process.stderr.write(
    `Nobody is an admin yet. Become the first, within ${SET_UP_MINUTES} minutes:\n  ${address}\n`,
  );
}
