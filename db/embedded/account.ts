import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** An account to run the database as, when Rostrum itself runs as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root; this finds (or makes) the account to run it as instead.
 *
 * @param cluster the database's directory; if it exists, its owner is the account
 * @returns undefined when the caller's own account will do
 * @throws when there is no such account and none can be made
 */
export function databaseAccount(cluster?: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = cluster ? statSync(cluster, { throwIfNoEntry: false }) : undefined;
  if (owner && owner.uid !== 0) {
    return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  }
  return findAccount('postgres') ?? makeAccount('postgres');
}

/** Can this account pass through the directory and everything above it? */
export function canEnter(account: Account, directory: string): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'cd -- "$0"', directory], {
      uid: account.uid,
      gid: account.gid,
      cwd: '/',
      stdio: 'ignore',
    }).status === 0
  );
}

function findAccount(name: string): Account | undefined {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function makeAccount(name: string): Account {
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', name]],
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', name]],
  ];
  for (const [program, args] of ways) {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
    } catch {
      continue;
    }
    const account = findAccount(name);
    if (account) return account;
  }
  throw new Error(
    `PostgreSQL does not run as root, and the account "${name}" could not be made. ` +
      'Run Rostrum as an ordinary user, add that account, or set DATABASE_URL.',
  );
}
