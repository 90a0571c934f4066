import type { Transaction } from '#db/client.ts';
import type { AuditEntry } from './entry.ts';

/** Refused attempts of one actor that are recorded in any minute; more would only fill the log. */
const PER_MINUTE = 20;

/**
 * Leaves out refused attempts of actors who have had their share of the record this minute.
 * Goes by `event_refused`, and only when there is something refused.
 */
export async function withinLimit(
  tx: Transaction,
  entries: readonly AuditEntry[],
): Promise<AuditEntry[]> {
  if (entries.length === 0) return [];
  const actors = [...new Set(entries.map(({ actor }) => actor))];
  const since = firstIdAt(Date.now() - 60_000);
  const rows = await tx<{ actor_ref: string; n: number }[]>`
    select actor_ref, count(*) as n from audit.event
    where actor_ref = any(${actors}) and event_id >= ${since} and outcome = 'refused'
    group by actor_ref`;
  const had = new Map(rows.map(({ actor_ref, n }) => [actor_ref, n]));
  return entries.filter(({ actor }) => {
    const count = had.get(actor) ?? 0;
    had.set(actor, count + 1);
    return count < PER_MINUTE;
  });
}

/** The lowest event id of a moment: a version 7 UUID begins with its milliseconds. */
function firstIdAt(instant: number): string {
  const hex = instant.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
