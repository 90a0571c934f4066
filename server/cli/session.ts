import type { Db } from '#db/client.ts';
import { keepJoinKeys } from '#server/config/join-keys.ts';
import type { JoinTokenKey } from '#server/config/keys.ts';
import { type Config, ConfigError, readConfig } from '#server/config.ts';
import { findConsoleUrl } from '#server/console-url.ts';
import { openDatabase } from '#server/open-database.ts';
import type { Run } from './run.ts';

/** A command can't be done; the message is for people. */
export class CommandError extends Error {}

export interface CommandSession {
  db: Db;
  config: Config;
  /** Where links lead. */
  consoleUrl: string;
  joinKeys(): JoinTokenKey[];
  /** Of the embedded database; undefined with a given one. */
  dataDir: string | undefined;
  /** Connects as `audit_sequencer`; undefined when nobody gave its URL. */
  sequencerUrl: string | undefined;
}

/** Audit reference of whoever has the command line: the machine's owner, not an account. */
export const CLI_ACTOR = 'system';

/**
 * Runs a command over the database that the server uses: the given one, or the embedded one, which
 * a running server shares. Prints what went wrong and sets the exit code: 1 refused, 2 wrong
 * configuration, 3 unexpected.
 */
export async function withDatabase(
  run: Run,
  work: (session: CommandSession) => Promise<void>,
): Promise<void> {
  try {
    const config = readConfig(run.env, 'command');
    const database = await openDatabase(config);
    try {
      const { dataDir, sequencerUrl } = database;
      const running = dataDir === undefined ? null : findConsoleUrl(dataDir);
      const local = `http://localhost:${config.http.port}`;
      await work({
        db: database.db,
        config,
        dataDir,
        sequencerUrl,
        consoleUrl: config.http.publicUrl ?? running ?? local,
        joinKeys() {
          if (config.joinTokenKeys.length > 0) return config.joinTokenKeys;
          if (dataDir === undefined) throw new CommandError('JOIN_TOKEN_KEYS is missing.');
          return keepJoinKeys(dataDir);
        },
      });
    } finally {
      await database.close();
    }
  } catch (error) {
    fail(run, error);
  }
}

/** Prints an error for people and sets the exit code. */
export function fail(run: Run, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  run.remark(message);
  if (error instanceof CommandError) run.exitCode = 1;
  else run.exitCode = error instanceof ConfigError ? 2 : 3;
}
