import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { isUuid } from '#app/domain/uuid.ts';
import { openDb } from '#db/client.ts';
import { proveEvent } from '#server/audit/prove-event.ts';
import { checkProofFile } from '#server/audit/verify/check-proof-file.ts';
import { EXIT_CODES } from '#server/audit/verify/findings.ts';
import { writeWhole } from '#server/audit/write-whole.ts';
import type { Run } from '#server/cli/run.ts';
import { withGivenDatabase } from './given-database.ts';
import { type PolicyOptions, readPolicy } from './policy-options.ts';
import { readText } from './read-text.ts';
import { failCheck } from './tell.ts';

export interface ProveOptions {
  database?: string;
  /** Names of those to disclose; without, the proof has none. */
  fields?: string[];
  out?: string;
}

/** `rostrum audit prove EVENT`: writes a file that proves one event, for whoever has only the file. */
export async function prove(
  run: Run,
  event: string,
  { database, fields, out }: ProveOptions,
): Promise<void> {
  try {
    const id = event.toLowerCase();
    if (!isUuid(id)) throw new TlogError('unreadable', `${event} is not the id of an event`);
    const proof = await withGivenDatabase(run.env, database, async ({ appUrl }) => {
      const db = openDb({ url: appUrl, max: 1 });
      return proveEvent(db.sql, id, fields ?? null).finally(() => db.close());
    });
    const file = out ?? `${id}.tlog-proof`;
    await writeWhole(file, proof);
    run.print(file);
  } catch (error) {
    failCheck(run, error);
  }
}

/** `rostrum audit check FILE…`: checks such files without the log. The worst one sets the exit code. */
export async function check(
  run: Run,
  files: readonly string[],
  options: PolicyOptions,
): Promise<void> {
  try {
    const policy = await readPolicy(options);
    let worst = 0;
    for (const file of files) {
      try {
        const { leaf, index, origin, size, fields } = await checkProofFile(
          await readText(file),
          policy,
        );
        run.print(
          `sound: ${file}: event ${leaf.id} of ${leaf.time} is entry ${index} of ${origin}, of ${size}`,
        );
        for (const { name, value } of fields ?? []) {
          run.print(`  ${name}: ${value ?? 'not disclosed'}`);
        }
      } catch (error) {
        if (!(error instanceof TlogError)) throw error;
        run.print(`${error.kind}: ${file}: ${error.message}`);
        worst = worse(worst, EXIT_CODES[error.kind]);
      }
    }
    run.exitCode = worst;
  } catch (error) {
    failCheck(run, error);
  }
}

/** Tampered before unreadable before incomplete. */
function worse(a: number, b: number): number {
  const order = [0, 2, 3, 1];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}
