import type { AuditPage, AuditQuery } from '#app/domain/audit/view.ts';
import { isUuid } from '#app/domain/uuid.ts';
import type { Db } from '#db/client.ts';
import { filterOf, findEvents, firstIdAt, timeOfId } from './find-events.ts';
import { readRows } from './read-rows.ts';

/** Rows of one page. */
const PAGE = 50;
const NOTHING: AuditPage = { rows: [], next: null, previous: null, lookedBackTo: null };

/**
 * A page of the audit log, newest first; `before` goes on to older events, `after` to newer ones.
 * Events that nobody has listed yet are in it too. See `audit.find_events` for how far it looks.
 */
export async function readAuditList(db: Db, query: AuditQuery): Promise<AuditPage> {
  const { before, after, from, to } = query;
  const cursors = [before, after].filter((id) => id !== undefined);
  if (!cursors.every((id) => isUuid(id))) return NOTHING;
  if ([from, to].some((time) => time !== undefined && Number.isNaN(Date.parse(time)))) {
    return NOTHING;
  }
  const filter = await filterOf(db.sql, query);
  if (filter === null) return NOTHING;
  const since = highest(from === undefined ? undefined : firstIdAt(from), after);
  const until = lowest(to === undefined ? undefined : firstIdAt(to), before);
  const forwards = after !== undefined && before === undefined;
  const found = await findEvents(db.sql, filter, { since, before: until, forwards }, PAGE + 1);
  const { lookedUpTo } = found;
  const isMore = found.events.length > PAGE;
  const ids = found.events.slice(0, PAGE).map(({ id }) => id);
  if (forwards) {
    // Where newer events end, the newest page is worth more than a part of one.
    if (!isMore && lookedUpTo === null) {
      const { after: _, ...newest } = query;
      return readAuditList(db, newest);
    }
    const rows = await readRows(db, ids.reverse());
    const previous = isMore ? (ids[0] ?? null) : lookedUpTo;
    return { rows, next: ids.at(-1) ?? after ?? null, previous, lookedBackTo: null };
  }
  const rows = await readRows(db, ids);
  return {
    rows,
    next: isMore ? (ids.at(-1) ?? null) : lookedUpTo,
    previous: before === undefined ? null : (ids[0] ?? null),
    lookedBackTo: lookedUpTo === null ? null : timeOfId(lookedUpTo),
  };
}

// Ids compare as text when all are in lower case.
function highest(...ids: (string | undefined)[]): string | undefined {
  return ids
    .flatMap((id) => id?.toLowerCase() ?? [])
    .sort()
    .at(-1);
}

function lowest(...ids: (string | undefined)[]): string | undefined {
  return ids.flatMap((id) => id?.toLowerCase() ?? []).sort()[0];
}
