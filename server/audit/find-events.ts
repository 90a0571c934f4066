import type { AuditQuery } from '#app/domain/audit/view.ts';
import { isUuid } from '#app/domain/uuid.ts';
import type { Sql } from '#db/client.ts';
import { findRefs } from './find-refs.ts';

/** What events must be like, in references; see `audit.find_events`. */
export interface EventFilter {
  actors?: readonly string[];
  targets?: readonly string[];
  room?: string;
  case?: string;
  action?: string;
  outcome?: 'accepted' | 'refused';
  words?: string;
  parent?: string;
  reverses?: string;
  correlation?: string;
}

/** A stretch of the log between two event ids, without these. */
export interface Stretch {
  since?: string | undefined;
  before?: string | undefined;
  /** Oldest first; else newest first. */
  forwards?: boolean;
}

export interface Found {
  /** `index` is null while the event isn't in the listing. */
  events: { id: string; index: number | null }[];
  /** Not null: the search ended early, having looked at all up to this id. */
  lookedUpTo: string | null;
}

/** @param most 1–1,000 */
export async function findEvents(
  sql: Sql,
  filter: EventFilter,
  { since, before, forwards = false }: Stretch,
  most: number,
): Promise<Found> {
  const rows = await sql<
    { event_id: string | null; leaf_index: number | null; looked_up_to: string | null }[]
  >`
    select event_id, leaf_index, looked_up_to from audit.find_events(
      ${JSON.stringify(filter)}::text::jsonb, ${since ?? null}, ${before ?? null}, ${forwards}, ${most})`;
  return {
    events: rows.flatMap(({ event_id: id, leaf_index: index }) =>
      id === null ? [] : [{ id, index }],
    ),
    lookedUpTo: rows.at(-1)?.looked_up_to ?? null,
  };
}

/**
 * What a query asks for, names replaced by references.
 * @returns null when nothing can match
 */
export async function filterOf(sql: Sql, query: AuditQuery): Promise<EventFilter | null> {
  const { action, actor, subject, room, case: caseRef, outcome, words, reverses, parent } = query;
  if ([reverses, parent].some((id) => id !== undefined && !isUuid(id))) return null;
  const asked = [action, actor, subject, room, caseRef, words].filter((text) => text !== undefined);
  // No text of a database holds NUL, so nothing matches it.
  if (asked.some((text) => text.includes('\0'))) return null;
  const [actors, targets] = await Promise.all(
    [actor, subject].map((text) => (text === undefined ? undefined : findRefs(sql, text))),
  );
  if (actors?.length === 0 || targets?.length === 0) return null;
  return {
    ...(action !== undefined && { action }),
    ...(actors && { actors }),
    ...(targets && { targets }),
    ...(room !== undefined && { room }),
    ...(caseRef !== undefined && { case: caseRef }),
    ...(outcome !== undefined && { outcome }),
    ...(words !== undefined && { words }),
    ...(reverses !== undefined && { reverses }),
    ...(parent !== undefined && { parent }),
  };
}

/** The lowest event id of a moment: a version 7 UUID begins with its milliseconds. */
export function firstIdAt(iso: string): string {
  const hex = Math.max(0, Date.parse(iso)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** When an event with this id was recorded: ISO 8601. */
export function timeOfId(id: string): string {
  return new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toISOString();
}
