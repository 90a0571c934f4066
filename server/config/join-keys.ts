import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JoinTokenKey, parseJoinTokenKeys } from './keys.ts';

/**
 * Keys for join tokens outside production, when none are configured: made once and kept in the
 * data directory, so that the command line and a restarted server agree on them.
 */
export function keepJoinKeys(dataDir: string): JoinTokenKey[] {
  const file = join(dataDir, 'join-token-keys');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, `local:${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return parseJoinTokenKeys(readFileSync(file, 'utf8')).keys;
}
