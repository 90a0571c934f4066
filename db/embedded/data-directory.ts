import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Account, canEnter } from './account.ts';

const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where root keeps what the database's own account must reach. */
export const systemDirectory = '/var/lib/rostrum';

/** A user's own place for program data, by the customs of the platform. */
export function userDirectory(): string {
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'rostrum');
  }
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'rostrum');
  const base = process.env.XDG_DATA_HOME;
  return join(base && isAbsolute(base) ? base : join(homedir(), '.local', 'share'), 'rostrum');
}

/**
 * The directory that holds everything one installation keeps: `ROSTRUM_DATA_DIR`, else `.data` in
 * the checkout, else (checkout not writable, or not reachable for the database's account) a
 * directory named after the checkout's path. Never depends on the current directory.
 *
 * @param account the account the database runs as, when that isn't the caller's own
 * @param root the checkout to find the directory for
 * @returns an absolute path, which may not exist yet
 * @throws when `ROSTRUM_DATA_DIR` is not absolute
 */
export function dataDirectory(account?: Account, root = checkout): string {
  const chosen = process.env.ROSTRUM_DATA_DIR;
  if (chosen) {
    if (!isAbsolute(chosen))
      throw new Error(`ROSTRUM_DATA_DIR must be an absolute path, not "${chosen}".`);
    return chosen;
  }
  const inCheckout = join(root, '.data');
  if (account ? canEnter(account, root) : isWritable(existsSync(inCheckout) ? inCheckout : root)) {
    return inCheckout;
  }
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return join(account ? systemDirectory : userDirectory(), `${basename(root)}-${hash}`);
}

/** Makes the directory: open to its owner only, or passable (not listable) for another account. */
export function makeDataDirectory(path: string, account?: Account): void {
  if (!account) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o700);
    return;
  }
  makePassable(path);
  if (!canEnter(account, path)) {
    throw new Error(
      `The database runs as "${account.name}", which cannot enter ${path}. ` +
        'Set ROSTRUM_DATA_DIR to a directory below paths that every user may pass.',
    );
  }
}

/** Makes the directory, and what lacks above it, passable for everyone whatever the umask. */
export function makePassable(path: string): void {
  const topmost = mkdirSync(path, { recursive: true }) ?? path;
  for (let each = path; each.length >= topmost.length; each = dirname(each)) chmodSync(each, 0o711);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
