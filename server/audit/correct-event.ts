import type { Sql } from '#db/client.ts';

export type CorrectionRefusal = 'forbidden' | 'invalid' | 'event_not_found' | 'corrected';

const REFUSALS: ReadonlySet<string> = new Set<CorrectionRefusal>([
  'forbidden',
  'invalid',
  'event_not_found',
  'corrected',
]);

/**
 * Declares that an event says what never was, on the record: verifying leaves it out from then on, and
 * says so each time.
 * @param sql connected as the log's owner
 * @param by operator id: a lead or admin, as the database itself looks up
 * @returns the event that says so
 */
export async function correctEvent(
  sql: Sql,
  { event, by, why }: { event: string; by: string; why: string },
): Promise<{ ok: true; event: string } | { ok: false; reason: CorrectionRefusal }> {
  try {
    const [row] = await sql<{ id: string }[]>`
      select audit.correct(${event}, ${`operator:${by}`}, ${why}) as id`;
    if (!row) throw new Error('audit.correct answered nothing');
    return { ok: true, event: row.id };
  } catch (error) {
    const { detail } = error as { detail?: string };
    if (detail === undefined || !REFUSALS.has(detail)) throw error;
    return { ok: false, reason: detail as CorrectionRefusal };
  }
}
