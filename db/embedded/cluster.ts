import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

/** Random passwords made with the cluster and kept inside it, readable by its owner only. */
export interface Credentials {
  owner: string;
  app: string;
  /** Follows from the owner's, so that clusters made before it was needed have it too. */
  sequencer: string;
}

/** The superuser that owns the database and runs migrations, and who else signs in. */
export const roleNames = {
  owner: 'rostrum_owner',
  app: 'rostrum_app',
  sequencer: 'audit_sequencer',
} as const;

const credentialsFile = 'rostrum-credentials.json';

/**
 * Returns the cluster's passwords, and makes the cluster first when there is none. It is made
 * beside its place and renamed, so an interrupted run leaves nothing half-made.
 *
 * @param cluster absolute path of PostgreSQL's data directory
 * @throws when it was made by another major version, or can't be made
 */
export function ensureCluster(
  cluster: string,
  binaries: Binaries,
  account: Account | undefined,
  durable: boolean,
): Credentials {
  if (!existsSync(cluster)) makeCluster(cluster, binaries, account, durable);
  const major = Number(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'));
  if (major !== binaries.major) {
    throw new Error(
      `${cluster} was made by PostgreSQL ${major}; this Rostrum brings ${binaries.major}. ` +
        'Dump the database with the version that made it and restore it into a new directory.',
    );
  }
  const kept = JSON.parse(readFileSync(join(cluster, credentialsFile), 'utf8'));
  const sequencer = createHmac('sha256', kept.owner).update(roleNames.sequencer).digest('hex');
  return { ...kept, sequencer };
}

function makeCluster(
  cluster: string,
  binaries: Binaries,
  account: Account | undefined,
  durable: boolean,
): void {
  const credentials: Omit<Credentials, 'sequencer'> = {
    owner: makePassword(),
    app: makePassword(),
  };
  const draft = join(dirname(cluster), `.new-${randomBytes(6).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, credentials.owner, { mode: 0o600, flag: 'wx' });
    if (account) {
      chownSync(draft, account.uid, account.gid);
      chownSync(passwordFile, account.uid, account.gid);
    }
    const { status, stderr, error } = spawnSync(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        `--username=${roleNames.owner}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      {
        encoding: 'utf8',
        cwd: dirname(cluster),
        ...(account && { uid: account.uid, gid: account.gid }),
      },
    );
    if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`);
    const file = join(draft, credentialsFile);
    writeFileSync(file, JSON.stringify(credentials), { mode: 0o600 });
    if (account) chownSync(file, account.uid, account.gid);
    renameSync(draft, cluster);
  } catch (error) {
    // Another process may have finished first; then its cluster is the one to use.
    if (!existsSync(join(cluster, credentialsFile))) throw error;
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

function makePassword(): string {
  return randomBytes(24).toString('hex');
}
