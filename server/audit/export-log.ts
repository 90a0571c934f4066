import { z } from 'zod';
import {
  type AuditQuery,
  type ExportRequest,
  READ_PURPOSES,
  type ReadRefusal,
} from '#app/domain/audit/view.ts';
import type { Db } from '#db/client.ts';
import { appendAudit } from './entry.ts';
import { bundleLines } from './export-bundle.ts';
import { csvLines } from './export-csv.ts';
import { readCheckpointNote } from './published-log.ts';

const exportRequest = z.object({
  format: z.enum(['csv', 'ndjson']),
  // Read from an address already: unknown keys are gone, texts are short.
  query: z.custom<AuditQuery>((value) => typeof value === 'object' && value !== null),
  purpose: z.enum(READ_PURPOSES),
  why: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .refine((text) => !text.includes('\0')),
});

export type ExportAnswer =
  | { ok: true; bytes: ReadableStream<Uint8Array> }
  | { ok: false; reason: ReadRefusal };

/**
 * Everything that a filter finds, newest first, as a file that is read while it is sent. Who asks,
 * for what and why is on the record, committed, before the first line.
 * @param ref audit reference of a lead or auditor
 */
export async function exportLog(db: Db, ref: string, input: unknown): Promise<ExportAnswer> {
  const parsed = exportRequest.safeParse(input);
  if (!parsed.success) return { ok: false, reason: 'invalid' };
  const request = parsed.data;
  if (request.format === 'ndjson' && (await readCheckpointNote(db.sql)) === null) {
    return { ok: false, reason: 'unavailable' };
  }
  await putOnRecord(db, ref, request);
  const { format, query } = request;
  return {
    ok: true,
    bytes: bytesOf(format === 'csv' ? csvLines(db, query) : bundleLines(db.sql, query)),
  };
}

async function putOnRecord(db: Db, ref: string, request: ExportRequest): Promise<void> {
  const { format, query, purpose, why } = request;
  const ticket = await db.begin(async (tx) => {
    const [row] = await tx<{ ticket: string }[]>`
      select audit.request_access(${ref}, 'export:log', null, ${[format]}::text[], ${purpose},
        ${why}, null) as ticket`;
    if (!row) throw new Error('audit.request_access gave no ticket');
    await appendAudit(tx, [
      {
        action: 'log.exported',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: ref,
        target_type: 'log',
        target: 'export:log',
        correlation: row.ticket,
        fields: [
          { name: 'format', value: format },
          // May name people.
          { name: 'filter', value: query, subject: ref },
          { name: 'purpose', value: purpose },
          { name: 'reason', value: why, subject: ref },
        ],
      },
    ]);
    return row.ticket;
  });
  // In the log of reads it counts as shown from here on.
  await db.sql`select from audit.reveal(${ticket}, ${ref})`;
}

/** Reads on only when the last lines have gone out. */
function bytesOf(lines: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return();
    },
  });
}
