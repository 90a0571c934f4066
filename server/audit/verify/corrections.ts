import type { Snapshot } from './owner-database.ts';

interface Corrected {
  event: string;
  action: string;
  by: string;
  actor: string;
  at: Date;
  why: string | null;
}

/**
 * The events that were declared to say what never was, by an event and by whoever owns the log. Each
 * is told in a remark: what state follows from is then looked for without it.
 */
export async function readCorrections(
  sql: Snapshot,
  remarks: string[],
): Promise<readonly string[]> {
  const rows = await sql<Corrected[]>`
    select c.event_id as event, w.action, e.event_id as by, e.actor_ref as actor,
      e.recorded_at as at, (
        select d.value::jsonb #>> '{}' from audit.disclosure d
        where d.event_id = e.event_id and d.name = 'reason') as why
    from audit.correction c
    join audit.event w on w.event_id = c.event_id
    join audit.event e on e.event_id = c.corrected_by and e.action = 'log.corrected'
      and e.outcome = 'accepted' and e.reverses_id = c.event_id
    order by e.event_id`;
  for (const { event, action, by, actor, at, why } of rows) {
    remarks.push(
      `Event ${event} (${action}) is left out of the state: ${actor} declared at ${at.toISOString()}, by event ${by}, that it says what never was: ${JSON.stringify(why)}.`,
    );
  }
  return rows.map(({ event }) => event);
}
