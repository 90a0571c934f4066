import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { databaseAccount } from './embedded/account.ts';
import { findBinaries } from './embedded/binaries.ts';
import { ensureCluster, roleNames } from './embedded/cluster.ts';
import { dataDirectory, makeDataDirectory } from './embedded/data-directory.ts';
import { endOrphan, findRunning, startPostmaster } from './embedded/postmaster.ts';

export interface EmbeddedOptions {
  /** Absolute path; PostgreSQL lives in its `postgres` folder. Default: see `dataDirectory`. */
  dataDir?: string;
  /** False trades safety against power loss for speed: for tests only. Default true. */
  durable?: boolean;
  /** When another Rostrum already runs the database: use it too (default) or refuse. */
  ifRunning?: 'join' | 'refuse';
  /** PostgreSQL's folder with bin/, lib/ and share/. Default: the installed package's. */
  native?: string;
  /** Where copies of the programs are kept when they lie out of reach. */
  cache?: string;
}

export interface EmbeddedPostgres {
  /** Connects as the superuser that owns the database; for `migrate`, never for the application. */
  ownerUrl: string;
  /** Connects as `rostrum_app`, once `migrate` has set `appPassword`. */
  appUrl: string;
  appPassword: string;
  /** Connects as `audit_sequencer`, once `migrate` has set `sequencerPassword`. */
  sequencerUrl: string;
  sequencerPassword: string;
  /** A URL for a role and a database (default `rostrum`) of this server. */
  url(role: keyof typeof roleNames, database?: string): string;
  /** Absolute path of the data directory, shared with other things that must survive. */
  dataDir: string;
  /** True when another process started the server: `stop` then leaves it alone. */
  joined: boolean;
  /** Shuts the server down, keeping what was committed. May be called twice. */
  stop(): Promise<void>;
}

const database = 'rostrum';

/**
 * Starts PostgreSQL from the npm package: on 127.0.0.1 and a free port, with passwords of its own,
 * as root too. It ends with this process, even by kill -9; one left over from an earlier run is
 * ended first. Two processes on one data directory share the server (see `ifRunning`).
 *
 * @throws with a message for people when it cannot run here, or when refused by `ifRunning`
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const durable = options.durable ?? true;
  const { dataDir, cluster, account } = locate(options.dataDir);
  makeDataDirectory(dataDir, account);
  const binaries = findBinaries(account, options.native, options.cache);
  const credentials = ensureCluster(cluster, binaries, account, durable);

  for (let attempt = 0; attempt < 100; attempt++) {
    const running = findRunning(cluster);
    if (running && !running.ownerAlive) {
      await endOrphan(cluster, running, binaries, account);
    } else if (running && options.ifRunning === 'refuse') {
      throw new Error(`Another Rostrum already uses ${dataDir}. Stop it first.`);
    } else if (!running || running.ready) {
      const started = running
        ? undefined
        : await startPostmaster(cluster, binaries, account, durable);
      const port = running?.port ?? started?.port;
      if (port) {
        const url = (role: keyof typeof roleNames, name = database) =>
          `postgres://${roleNames[role]}:${credentials[role]}` +
          `@127.0.0.1:${port}/${encodeURIComponent(name)}`;
        await makeDatabase(url('owner', 'postgres'));
        return {
          ownerUrl: url('owner'),
          appUrl: url('app'),
          appPassword: credentials.app,
          sequencerUrl: url('sequencer'),
          sequencerPassword: credentials.sequencer,
          url,
          dataDir,
          joined: running !== undefined,
          stop: async () => started?.stop(),
        };
      }
    }
    await sleep(100);
  }
  throw new Error(`PostgreSQL in ${cluster} neither starts nor becomes ready.`);
}

function locate(chosen: string | undefined) {
  const account = databaseAccount();
  const dataDir = chosen ?? dataDirectory(account);
  const cluster = join(dataDir, 'postgres');
  return {
    dataDir,
    cluster,
    account: account && existsSync(cluster) ? databaseAccount(cluster) : account,
  };
}

async function makeDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [found] = await sql`select 1 from pg_database where datname = ${database}`;
    if (!found) await sql.unsafe(`create database ${database}`);
  } catch (error) {
    // Another process made it in the meantime: "duplicate database", or seen even later as a key.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await sql.end();
  }
}
