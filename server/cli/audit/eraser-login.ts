import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { type EmbeddedOptions, startEmbedded } from '#db/embedded.ts';
import { scramVerifier } from '#db/scram-verifier.ts';
import { CommandError } from '#server/cli/session.ts';
import type { Config } from '#server/config.ts';

/**
 * The URL that connects as `audit_eraser`: the given one, or that of the embedded database, whose
 * password is made on first use and kept beside it in a file of its own, which no server reads.
 * @throws CommandError when a given database has none
 */
export async function eraserLogin({
  database,
  dataDir,
}: Pick<Config, 'database' | 'dataDir'>): Promise<string> {
  if (database) {
    if (database.eraserUrl) return database.eraserUrl;
    throw new CommandError('ERASER_DATABASE_URL is missing: it signs in as audit_eraser.');
  }
  // The command has started it, or joined the one that a server runs.
  const options: EmbeddedOptions = dataDir === undefined ? {} : { dataDir };
  const server = await startEmbedded(options);
  const password = keepPassword(join(server.dataDir, 'eraser-password'));
  const sql = postgres(server.ownerUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`alter role audit_eraser with login password '${scramVerifier(password)}'`);
  } finally {
    await sql.end();
  }
  return Object.assign(new URL(server.ownerUrl), { username: 'audit_eraser', password }).href;
}

function keepPassword(file: string): string {
  try {
    writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}
