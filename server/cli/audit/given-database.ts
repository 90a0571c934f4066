import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { checkDatabaseUrl } from '#db/database-url.ts';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { ConfigError, type Environment, readConfig } from '#server/config.ts';

export interface Database {
  /** Connects as whoever may read all of it; null when nobody gave it. */
  ownerUrl: string | null;
  /** Connects as `rostrum_app`, or as the owner when only that is known. */
  appUrl: string;
  /** Files of pins that this installation keeps. */
  pins: string[];
}

/**
 * Works with a database: the one whose URL is given, that of the configuration, or the embedded one.
 * @throws {TlogError} unreadable when it isn't known or can't be started
 */
export async function withGivenDatabase<Result>(
  env: Environment,
  given: string | undefined,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) {
    const url = checked(given);
    return work({ ownerUrl: url, appUrl: url, pins: [] });
  }
  const { database, dataDir, auditLog } = configured(env);
  const named = auditLog.pinsFile === undefined ? [] : [auditLog.pinsFile];
  if (database) {
    const pins = [...named, ...ownPin(dataDir)];
    const ownerUrl = database.ownerUrl === undefined ? null : checked(database.ownerUrl);
    return work({ ownerUrl, appUrl: database.url, pins });
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

function configured(env: Environment) {
  try {
    return readConfig(env, 'command');
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
