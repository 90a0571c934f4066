import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { AuditQuery } from '#app/domain/audit/view.ts';
import { type Db, openDb } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { bundleLines } from '#server/audit/export-bundle.ts';
import { csvLines } from '#server/audit/export-csv.ts';
import { readCheckpointNote } from '#server/audit/published-log.ts';
import { publishFiles } from '#server/audit/sequencer/publish.ts';
import type { Run } from '#server/cli/run.ts';
import { CLI_ACTOR } from '#server/cli/session.ts';
import { withGivenDatabase } from './given-database.ts';
import { failCheck } from './tell.ts';

export interface ExportOptions extends Omit<AuditQuery, 'before' | 'after'> {
  database?: string;
  format: 'ndjson' | 'csv' | 'site';
  out: string;
  why?: string;
}

/** `rostrum audit export`: what leaves the house is on the record first. */
export async function exportEvents(run: Run, options: ExportOptions): Promise<void> {
  const { database, format, out, why, ...query } = options;
  try {
    if (format === 'site' && Object.keys(query).length > 0) {
      throw new TlogError('unreadable', 'the published files are of the whole log: no filter fits');
    }
    await withGivenDatabase(run.env, database, async ({ appUrl }) => {
      const db = openDb({ url: appUrl, max: 2 });
      try {
        if (format !== 'csv' && (await readCheckpointNote(db.sql)) === null) {
          throw new TlogError('incomplete', 'nothing was signed yet');
        }
        await putOnRecord(db, format, query, why);
        if (format === 'site') await publishFiles(db.sql, out);
        else
          await writeLines(
            out,
            format === 'csv' ? csvLines(db, query) : bundleLines(db.sql, query),
          );
      } finally {
        await db.close();
      }
    });
    run.print(out);
  } catch (error) {
    failCheck(run, error);
  }
}

async function putOnRecord(db: Db, format: string, query: AuditQuery, why?: string): Promise<void> {
  await db.begin((tx) =>
    appendAudit(tx, [
      {
        action: 'log.exported',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: CLI_ACTOR,
        target_type: 'log',
        target: 'export:log',
        fields: [
          { name: 'format', value: format },
          { name: 'filter', value: query },
          ...(why === undefined ? [] : [{ name: 'reason', value: why }]),
        ],
      },
    ]),
  );
}

/** Under another name until it is whole. */
async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.part`;
  const file = createWriteStream(draft, { mode: 0o600 });
  const failed = once(file, 'error').then(([error]) => {
    throw new TlogError('unreadable', `${draft} can't be written (${error.code})`);
  });
  failed.catch(() => {});
  try {
    for await (const text of lines) {
      if (!file.write(text)) await Promise.race([once(file, 'drain'), failed]);
    }
    file.end();
    await Promise.race([once(file, 'finish'), failed]);
    await rename(draft, path);
  } catch (error) {
    file.destroy();
    await rm(draft, { force: true });
    throw error;
  }
}
