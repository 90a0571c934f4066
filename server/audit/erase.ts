import type { Sql } from '#db/client.ts';

export type ErasureRefusal =
  | 'forbidden'
  | 'invalid'
  | 'member_not_found'
  | 'not_found'
  | 'same_person'
  | 'held'
  | 'in_live_room';

const REFUSALS: ReadonlySet<string> = new Set<ErasureRefusal>([
  'forbidden',
  'invalid',
  'member_not_found',
]);

interface Refused {
  ok: false;
  reason: ErasureRefusal;
}

/**
 * Asks for a member's erasure; somebody else has to approve it.
 * @param sql connected as `audit_eraser`
 * @param by operator id: a lead or admin, as the database itself looks up
 */
export async function requestErasure(
  sql: Sql,
  { member, basis, by }: { member: string; basis: string; by: string },
): Promise<{ ok: true; id: string } | Refused> {
  try {
    const [row] = await sql<{ id: string }[]>`
      select audit.request_erasure(${member}, ${basis}, ${`operator:${by}`}) as id`;
    if (!row) throw new Error('audit.request_erasure answered nothing');
    return { ok: true, id: row.id };
  } catch (error) {
    const { detail } = error as { detail?: string };
    if (detail === undefined || !REFUSALS.has(detail)) throw error;
    return { ok: false, reason: detail as ErasureRefusal };
  }
}

/**
 * Approves a request, and with it erases the member: see `audit.erase_subject` for what goes.
 * @param sql connected as `audit_eraser`
 * @param by operator id, of somebody else than who asked
 * @returns the event of the erasure and how many fields of the log it took; `again` when it was done
 *   before and nothing happened now
 */
export async function approveErasure(
  sql: Sql,
  { id, by }: { id: string; by: string },
): Promise<{ ok: true; event: string; fields: number; again: boolean } | Refused> {
  const [row] = await sql<{ ended: string; erased_event: string; fields: number }[]>`
    select ended, erased_event, fields from audit.erase_subject(${id}, ${`operator:${by}`})`;
  if (!row) throw new Error('audit.erase_subject answered nothing');
  const { ended, erased_event: event, fields } = row;
  if (ended !== 'erased' && ended !== 'already') {
    return { ok: false, reason: ended as ErasureRefusal };
  }
  return { ok: true, event, fields, again: ended === 'already' };
}

export interface Erasure {
  id: string;
  /** The pseudonym the member had; it leads nowhere once they are erased. */
  member: string;
  basis: string;
  requestedAt: Date;
  /** References of operators. */
  requestedBy: string;
  approvedBy: string | null;
  approvedAt: Date | null;
  /** Fields of the log that went. */
  fields: number | null;
}

/** The last 200 requests, newest first. @param sql connected as `audit_eraser` */
export async function listErasures(sql: Sql): Promise<Erasure[]> {
  return sql<Erasure[]>`
    select erasure_id as id, member_ref as member, basis, requested_at as "requestedAt",
      requested_by as "requestedBy", approved_by as "approvedBy", approved_at as "approvedAt", fields
    from audit.list_erasures()`;
}
