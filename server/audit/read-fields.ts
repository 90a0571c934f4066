import type { AuditFieldView } from '#app/domain/audit/view.ts';
import type { Sql } from '#db/client.ts';

/** A field as it is stored, for whoever proves it; sealed and erased ones only by their digest. */
export interface StoredField extends AuditFieldView {
  /** JSON text as it was hashed. */
  text: string | null;
  salt: Buffer | null;
  digest: Buffer | null;
  /** Id of the event that erased it. */
  erasedBy: string | null;
}

/**
 * Fields of up to 1,000 events by event id, in the order of their names, `event` among them: the
 * public columns as they were hashed.
 */
export async function readFields(
  sql: Sql,
  events: readonly string[],
): Promise<Map<string, StoredField[]>> {
  const rows = await sql<
    {
      event_id: string;
      name: string;
      value: string | null;
      subject_ref: string | null;
      sealed: boolean;
      erased_at: Date | null;
      erased_by: string | null;
      salt: Buffer | null;
      digest: Buffer | null;
    }[]
  >`select * from audit.fields_of(${[...events]}::uuid[])`;
  const fields = new Map<string, StoredField[]>();
  for (const row of rows) {
    const list = fields.get(row.event_id) ?? [];
    list.push({
      name: row.name,
      value: row.value === null ? null : JSON.parse(row.value),
      text: row.value,
      subject: row.subject_ref,
      sealed: row.sealed,
      erasedAt: row.erased_at?.toISOString() ?? null,
      erasedBy: row.erased_by,
      salt: row.salt,
      digest: row.digest,
    });
    fields.set(row.event_id, list);
  }
  return fields;
}
