import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';

export interface BenchDatabase {
  ownerUrl: string;
  appUrl: string;
  sequencerUrl: string;
  dataDir: string;
  /** The settings that decide what a commit costs, for the notes. */
  durability: string;
  /** After a first fill: leaves segments of its log to write on again, as a database in use has. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Of 16 MB: more than any suite writes between two checkpoints, less than `min_wal_size`. */
const SEGMENTS = 14;

/** Starts an empty, migrated database with the settings of production: every commit is on disk. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-bench-'));
  const server = await startEmbedded({ dataDir, durable: true });
  const { ownerUrl, appPassword, sequencerPassword } = server;
  await migrate({ ownerUrl, appPassword, sequencerPassword });
  return {
    ownerUrl,
    appUrl: server.appUrl,
    sequencerUrl: server.sequencerUrl,
    dataDir,
    durability: await readDurability(ownerUrl),
    async settle() {
      const owner = postgres(ownerUrl, { max: 1 });
      for (let i = 0; i < SEGMENTS; i++) {
        await owner`select pg_logical_emit_message(false, 'bench', 'begins a segment')`;
        await owner`select pg_switch_wal()`;
      }
      await owner.unsafe('checkpoint');
      await owner.end();
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function readDurability(url: string): Promise<string> {
  const sql = postgres(url, { max: 1 });
  const rows = await sql<{ name: string; setting: string }[]>`
    select name, setting from pg_settings
    where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')
    order by name`;
  await sql.end();
  const said = rows.map(({ name, setting }) => `${name}=${setting}`);
  if (rows.some(({ name, setting }) => name !== 'server_version' && setting !== 'on')) {
    throw new Error(`The database is not durable: ${said.join(' ')}`);
  }
  return `PostgreSQL: ${said.join(' ')}`;
}
