import type { AuditPage, AuditQuery, AuditRow } from '#app/domain/audit/view.ts';
import type { OperatorRole } from '#app/load-context.ts';
import type { Db } from '#db/client.ts';

/** Rows of one page. */
const PAGE = 50;
const READERS: ReadonlySet<OperatorRole> = new Set<OperatorRole>(['lead', 'auditor']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface EventRow {
  id: string;
  at: Date;
  action: string;
  outcome: string;
  actorRef: string;
  actorName: string | null;
  targetRef: string | null;
  targetName: string | null;
  room: string | null;
  parentId: string | null;
  reversesId: string | null;
}

/** Whether these roles may read the audit log. */
export function mayReadAudit(roles: readonly OperatorRole[]): boolean {
  return roles.some((role) => READERS.has(role));
}

/**
 * A page of the audit log, newest first; `before` continues it. `action` is a whole name or an
 * object (`participant`); `actor` a reference or a part of an operator's or member's name.
 * Walks the primary key backwards, or the index on the actor or room, and finds names by key.
 */
export async function readAuditList({ sql }: Db, query: AuditQuery): Promise<AuditPage> {
  const { action, actor, room, outcome, before } = query;
  const asked = [action, actor, room].filter((text) => text !== undefined);
  // No text of a database holds NUL, so nothing matches it.
  const matchless = asked.some((text) => text.includes('\0'));
  if (matchless || (before !== undefined && !UUID.test(before))) return { rows: [], next: null };
  const actors = actor === undefined ? null : await findActors({ sql }, actor.slice(0, 200));
  const rows = await sql<EventRow[]>`
    select e.event_id as id, e.recorded_at as at, e.action, e.outcome,
      e.actor_ref as "actorRef", coalesce(ao.name, am.name) as "actorName",
      e.target_ref as "targetRef", coalesce(t_o.name, tm.name, tr.title) as "targetName",
      e.room_ref as room, e.parent_id as "parentId", e.reverses_id as "reversesId"
    from audit.event e
    left join operator ao on ao.id = ${idIn(sql, 'actor_ref', 'operator')}
    left join member am on am.ref = ${idIn(sql, 'actor_ref', 'member')}
    left join operator t_o on t_o.id = ${idIn(sql, 'target_ref', 'operator')}
    left join member tm on tm.ref = ${idIn(sql, 'target_ref', 'member')}
    left join room tr on tr.id = case when starts_with(e.target_ref, 'room:')
      then substr(e.target_ref, 6) end
    where true
      ${before === undefined ? sql`` : sql`and e.event_id < ${before}`}
      ${room === undefined ? sql`` : sql`and e.room_ref = ${room}`}
      ${outcome === undefined ? sql`` : sql`and e.outcome = ${outcome}`}
      ${action === undefined ? sql`` : sql`and (e.action = ${action} or starts_with(e.action, ${`${action}.`}))`}
      ${actors === null ? sql`` : sql`and e.actor_ref = any(${actors})`}
    order by e.event_id desc limit ${PAGE + 1}`;
  const page = rows.slice(0, PAGE).map(toRow);
  return { rows: page, next: rows.length > PAGE ? (page.at(-1)?.id ?? null) : null };
}

/** The id in a reference such as `member:…`, as a uuid: names are found by key, however many. */
function idIn(sql: Db['sql'], column: 'actor_ref' | 'target_ref', kind: 'operator' | 'member') {
  const ref = sql`e.${sql(column)}`;
  const form = `^${kind}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`;
  return sql`case when ${ref} ~ ${form} then substr(${ref}, ${kind.length + 2}::int)::uuid end`;
}

function toRow({ at, ...row }: EventRow): AuditRow {
  return { ...row, at: at.toISOString() };
}

async function findActors({ sql }: Pick<Db, 'sql'>, text: string): Promise<string[]> {
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await sql<{ ref: string }[]>`
    (select 'operator:' || id as ref from operator where name ilike ${like} limit 100)
    union all (select 'member:' || ref from member where name ilike ${like} limit 100)`;
  return [text, ...rows.map(({ ref }) => ref)];
}
