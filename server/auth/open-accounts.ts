import { randomBytes } from 'node:crypto';
import type { Config } from '#server/config.ts';
import type { Log } from '#server/log.ts';
import { keepAccountKey, openAccountKey } from './account-key.ts';
import type { Accounts } from './accounts.ts';
import { type HashingLoss, openHashingProcess } from './hashing-process.ts';
import { openPasswordHasher } from './password-hash.ts';
import { openProvider } from './provider.ts';

export interface AccountsOptions
  extends Pick<Accounts, 'db' | 'cohortOf' | 'endSockets' | 'moveSockets'> {
  config: Pick<Config, 'accounts' | 'dataDir' | 'session'>;
  /** Of the embedded database; undefined with a given one. */
  dataDir: string | undefined;
  log: Pick<Log, 'warn'>;
  /** Told of each hashing process that was lost. */
  hashingLost: (how: HashingLoss) => void;
}

/** Opens accounts, with the account key that is configured or that the data directory holds. */
export function openAccounts({
  config,
  dataDir,
  log,
  hashingLost,
  ...rest
}: AccountsOptions): Accounts {
  const key = openAccountKey(config.accounts.key ?? keptKey(dataDir ?? config.dataDir, log));
  const { provider } = config.accounts;
  const hashing = openHashingProcess({
    lost(how, wanted) {
      log.warn({ how, wanted }, 'the process that hashes passwords was lost');
      hashingLost(how);
    },
  });
  return {
    ...rest,
    limits: config.session,
    hasher: openPasswordHasher({ process: hashing }),
    key,
    provider: provider ? openProvider(provider, key) : null,
  };
}

function keptKey(dataDir: string | undefined, log: Pick<Log, 'warn'>): string {
  if (dataDir !== undefined) return keepAccountKey(dataDir);
  // Production insists on ACCOUNT_KEY.
  log.warn('no ACCOUNT_KEY and no ROSTRUM_DATA_DIR: second factors made now end with this process');
  return randomBytes(32).toString('base64url');
}
