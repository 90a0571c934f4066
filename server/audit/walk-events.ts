import type { AuditQuery } from '#app/domain/audit/view.ts';
import type { Sql } from '#db/client.ts';
import { type Found, filterOf, findEvents, firstIdAt } from './find-events.ts';

const AT_ONCE = 500;

/** All events that a query finds, newest first, up to 500 at a time; its cursors don't count. */
export async function* walkEvents(
  sql: Sql,
  query: AuditQuery,
): AsyncGenerator<Found['events'], void> {
  const filter = await filterOf(sql, query);
  if (filter === null) return;
  const since = query.from === undefined ? undefined : firstIdAt(query.from);
  let before = query.to === undefined ? undefined : firstIdAt(query.to);
  for (;;) {
    const { events, lookedUpTo } = await findEvents(sql, filter, { since, before }, AT_ONCE);
    if (events.length > 0) yield events;
    const last = events.length === AT_ONCE ? events.at(-1)?.id : lookedUpTo;
    if (last === null || last === undefined) return;
    before = last;
  }
}
