import type { ReadRow, ReadsPage, ReadsQuery } from '#app/domain/audit/view.ts';
import { isUuid } from '#app/domain/uuid.ts';
import type { Db, Sql } from '#db/client.ts';
import { firstIdAt } from './find-events.ts';
import { findRefs } from './find-refs.ts';

/** Rows of one page. */
const PAGE = 50;
const NOTHING: ReadsPage = { rows: [], next: null };

interface Stored {
  access_id: string;
  at: Date;
  actor_ref: string;
  subject: string | null;
  event_id: string | null;
  action: string | null;
  fields: string[];
  purpose: string;
  why: string;
  case_ref: string | null;
  released_at: Date | null;
}

/**
 * Who asked to see what is sealed, and why, newest first.
 * @param reader an operator's id: a lead or auditor, as the database itself looks up
 * @returns null for anyone else
 */
export async function readReads(
  db: Db,
  reader: string,
  query: ReadsQuery,
): Promise<ReadsPage | null> {
  const { actor, subject, event, purpose, released, from, to, before } = query;
  if (![event, before].every((id) => id === undefined || isUuid(id))) return NOTHING;
  if ([from, to].some((time) => time !== undefined && Number.isNaN(Date.parse(time)))) {
    return NOTHING;
  }
  const [actors, subjects] = await Promise.all(
    [actor, subject].map((text) => (text === undefined ? undefined : findRefs(db.sql, text))),
  );
  const filter = { actors, subjects, event, case: query.case?.replaceAll('\0', '\ufffd'), purpose };
  // The earlier of both ends: ids in lower case compare as text.
  const until = [to && firstIdAt(to), before?.toLowerCase()].flatMap((id) => id || []).sort()[0];
  try {
    const rows = await db.sql<Stored[]>`
      select * from audit.list_reads(${`operator:${reader}`},
        ${JSON.stringify({ ...filter, ...(released && { released: released === 'yes' }) })}::text::jsonb,
        ${from === undefined ? null : firstIdAt(from)}, ${until ?? null}, ${PAGE + 1})`;
    const page = rows.slice(0, PAGE);
    const next = rows.length > PAGE ? (page.at(-1)?.access_id ?? null) : null;
    return { rows: await withNames(db.sql, page), next };
  } catch (error) {
    if ((error as { detail?: string }).detail === 'forbidden') return null;
    throw error;
  }
}

async function withNames(sql: Sql, rows: readonly Stored[]): Promise<ReadRow[]> {
  const refs = [...new Set(rows.flatMap((row) => [row.actor_ref, row.subject ?? []].flat()))];
  const idsOf = (kind: string) =>
    refs.filter((ref) => ref.startsWith(`${kind}:`)).map((ref) => ref.slice(kind.length + 1));
  const named = await sql<{ ref: string; name: string }[]>`
    select 'operator:' || id as ref, name from operator
    where id = any(${idsOf('operator').filter((id) => isUuid(id))}::uuid[])
    union all
    select 'member:' || ref, name from member
    where ref = any(${idsOf('member').filter((id) => isUuid(id))}::uuid[]) and name <> ''
    union all
    select 'room:' || id, title from room where id = any(${idsOf('room')})`;
  const names = new Map(named.map(({ ref, name }) => [ref, name]));
  return rows.map((row) => ({
    id: row.access_id,
    at: row.at.toISOString(),
    actorRef: row.actor_ref,
    actorName: names.get(row.actor_ref) ?? null,
    subjectRef: row.subject,
    subjectName: (row.subject !== null && names.get(row.subject)) || null,
    eventId: row.event_id,
    action: row.action,
    fields: row.fields,
    purpose: row.purpose,
    why: row.why,
    case: row.case_ref,
    releasedAt: row.released_at?.toISOString() ?? null,
  }));
}
