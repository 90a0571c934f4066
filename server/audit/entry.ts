import type { Transaction } from '#db/client.ts';

/** One event for `audit.append`. Ids, recording times, salts and hashes are the database's. */
export interface AuditEntry {
  /** `object.verb_past`. */
  action: string;
  outcome: 'accepted' | 'refused';
  /** Milliseconds since the epoch. */
  occurred_at: number;
  /** Pseudonymous reference: `operator:…`, `member:…`, `platform:…` or `system`. */
  actor: string;
  target_type?: string;
  target?: string;
  room?: string;
  /** The command's id. */
  correlation?: string;
  /** Index of an earlier entry of the same append. */
  parent?: number;
  /** Audit event this one takes back. */
  reverses?: string;
  /** What isn't public, each tied to the person it is about. */
  fields?: AuditField[];
}

export interface AuditField {
  name: string;
  value: unknown;
  subject?: string;
}

/**
 * Appends to the audit log inside the caller's transaction.
 * @returns the event ids, in the order of the entries
 */
export async function appendAudit(
  tx: Transaction,
  entries: readonly AuditEntry[],
): Promise<string[]> {
  const rows = tx<{ event_id: string }[]>`
    select event_id from audit.append(${JSON.stringify(entries)}::text::jsonb) order by ordinal`.execute();
  return (await rows).map((row) => row.event_id);
}
