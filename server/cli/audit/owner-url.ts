import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { checkDatabaseUrl } from '#db/database-url.ts';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { ConfigError, readConfig } from '#server/config.ts';

export interface Database {
  /** Connects as whoever may read all of it. */
  ownerUrl: string;
  /** Connects as `rostrum_app`; null when only the owner's URL is known. */
  appUrl: string | null;
  /** Files of pins that this installation keeps. */
  pins: string[];
}

/**
 * Works with a whole database: the one whose URL is given, that of the configuration
 * (DATABASE_OWNER_URL), or the embedded one.
 * @throws {TlogError} unreadable when it isn't known or can't be started
 */
export async function withOwner<Result>(
  given: string | undefined,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) return work({ ownerUrl: checked(given), appUrl: null, pins: [] });
  const { database, dataDir, auditLog } = configured();
  const named = auditLog.pinsFile === undefined ? [] : [auditLog.pinsFile];
  if (database) {
    if (!database.ownerUrl) {
      throw new TlogError(
        'unreadable',
        'DATABASE_OWNER_URL is missing; or give a URL with --database',
      );
    }
    const pins = [...named, ...ownPin(dataDir)];
    return work({ ownerUrl: checked(database.ownerUrl), appUrl: database.url, pins });
  }
  const server = await startEmbedded(dataDir === undefined ? {} : { dataDir });
  try {
    const { ownerUrl, appUrl, appPassword, sequencerPassword } = server;
    if (!server.joined) await migrate({ ownerUrl, appPassword, sequencerPassword });
    return await work({ ownerUrl, appUrl, pins: [...named, ...ownPin(server.dataDir)] });
  } finally {
    await server.stop();
  }
}

function checked(url: string): string {
  try {
    return checkDatabaseUrl(url, 'The database URL');
  } catch (error) {
    throw new TlogError('unreadable', (error as Error).message);
  }
}

function configured() {
  try {
    return readConfig(process.env, 'command');
  } catch (error) {
    if (error instanceof ConfigError) throw new TlogError('unreadable', error.message);
    throw error;
  }
}

/** The sequencer's own pin, where it has one. */
function ownPin(dataDir: string | undefined): string[] {
  const file = dataDir === undefined ? undefined : join(dataDir, 'log-pin');
  return file !== undefined && existsSync(file) ? [file] : [];
}
