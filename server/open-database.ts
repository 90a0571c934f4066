import { type Db, openDb } from '#db/client.ts';
import { type EmbeddedOptions, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { isMigrated } from '#db/migration-state.ts';
import type { Config } from './config.ts';

export interface OpenDatabase {
  db: Db;
  /** Where files beside the database are kept; undefined with a given server. */
  dataDir: string | undefined;
  /** Connects as `audit_sequencer`; undefined when nobody gave its URL. */
  sequencerUrl: string | undefined;
  isMigrated(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens the given database, or starts the embedded one and brings it up to date.
 * @throws with a message for people when it can't be reached or lacks migrations
 */
export async function openDatabase(
  { database, databasePool: max, dataDir }: Pick<Config, 'database' | 'databasePool' | 'dataDir'>,
  embedded: Pick<EmbeddedOptions, 'ifRunning'> = {},
): Promise<OpenDatabase> {
  if (database) {
    const db = openDb({ url: database.url, max });
    return {
      db,
      dataDir: undefined,
      sequencerUrl: database.sequencerUrl,
      isMigrated: () => isMigrated(db.sql),
      close: () => db.close(),
    };
  }
  const server = await startEmbedded({ ...embedded, ...(dataDir !== undefined && { dataDir }) });
  const { ownerUrl, appPassword, sequencerPassword } = server;
  await migrate({ ownerUrl, appPassword, sequencerPassword });
  const db = openDb({ url: server.appUrl, max });
  return {
    db,
    dataDir: server.dataDir,
    sequencerUrl: server.sequencerUrl,
    isMigrated: () => isMigrated(db.sql),
    async close() {
      await db.close();
      await server.stop();
    },
  };
}
