import { accessSync, constants, mkdirSync } from 'node:fs';
import { openDb } from '#db/client.ts';
import { dataDirectory } from '#db/embedded/data-directory.ts';
import { createLogKey, logKeyFile } from '#server/audit/log-key.ts';
import type { Config } from '#server/config.ts';
import type { Log } from '#server/log.ts';
import type { OpenDatabase } from '#server/open-database.ts';
import { openSequencer, type Sequencer, type SequencerOptions } from './sequencer.ts';

type LogSettings = Pick<Config, 'auditLog' | 'dataDir' | 'production'>;

/**
 * What a sequencer needs, checked; makes the log's first key in the data directory when no file was
 * given.
 * @returns null when nobody gave its database URL
 * @throws with a message for people
 */
export async function prepareSequencer(
  { auditLog, dataDir: chosen, production }: LogSettings,
  database: Pick<OpenDatabase, 'dataDir' | 'sequencerUrl'>,
): Promise<Omit<SequencerOptions, 'log'> | null> {
  if (database.sequencerUrl === undefined) return null;
  const dataDir = logDirectory(chosen, database);
  const keyFile = logKeyFile(auditLog, dataDir);
  if (auditLog.keyFile === undefined) createLogKey(keyFile, auditLog.origin);
  // Looking, listing and publishing don't wait for each other.
  const db = openDb({ url: database.sequencerUrl, max: 3 });
  try {
    const [row] = await db.sql`select current_user::text as role`;
    if (row?.role !== 'audit_sequencer') {
      throw new Error('SEQUENCER_DATABASE_URL must sign in as audit_sequencer.');
    }
  } catch (error) {
    await db.close();
    throw error;
  }
  const { origin, pinsFile, publishDir, witnesses, witnessQuorum } = auditLog;
  const strictKey = production;
  return {
    db,
    origin,
    keyFile,
    strictKey,
    dataDir,
    pinsFile,
    publishDir,
    witnesses,
    witnessQuorum,
  };
}

/** Where the log's pin is kept, and its key when no file was given. @throws when it isn't writable */
export function logDirectory(
  chosen: string | undefined,
  database: Pick<OpenDatabase, 'dataDir'>,
): string {
  const dataDir = database.dataDir ?? chosen ?? dataDirectory();
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch {
    throw new Error(`${dataDir} can't be written: the audit log's pin is kept there.`);
  }
  return dataDir;
}

/** Starts sequencing in this process; not in a `web` process. @returns null when it doesn't */
export async function startSequencer(
  config: LogSettings & Pick<Config, 'role'>,
  database: Pick<OpenDatabase, 'dataDir' | 'sequencerUrl'>,
  log: Pick<Log, 'info' | 'warn' | 'error'>,
): Promise<Sequencer | null> {
  if (config.role === 'web') return null;
  const prepared = await prepareSequencer(config, database);
  if (prepared === null) {
    log.warn('this process does not sign the audit log: it has no SEQUENCER_DATABASE_URL');
    return null;
  }
  try {
    return openSequencer({ ...prepared, log });
  } catch (error) {
    await prepared.db.close();
    throw error;
  }
}
