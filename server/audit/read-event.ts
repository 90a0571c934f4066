import type { AuditEventView, AuditKin, AuditRow } from '#app/domain/audit/view.ts';
import { isUuid } from '#app/domain/uuid.ts';
import type { Db, Sql } from '#db/client.ts';
import { type EventFilter, type Found, findEvents } from './find-events.ts';
import { readFields } from './read-fields.ts';
import { readRows } from './read-rows.ts';

/** Most children that are shown. */
const CHILDREN = 200;
/** Most events shown that take one back: a second one is an oddity already. */
const UNDONE = 20;
/** Most kin that are counted: as many as `audit.find_events` gives at once. */
const COUNTED = 1_000;
interface Head {
  occurred_at: Date;
  action_version: number;
  target_type: string | null;
  correlation_id: string | null;
  leaf: Buffer;
  leaf_hash: Buffer;
  leaf_index: number | null;
  tree_size: number | null;
  checkpoint_at: Date | null;
}

/** An event with its fields, its kin and its place in the tree; null when there is none. */
export async function readEvent(db: Db, eventId: string): Promise<AuditEventView | null> {
  if (!isUuid(eventId)) return null;
  const id = eventId.toLowerCase();
  const [[head], [row], fields, children, undone] = await Promise.all([
    readHead(db.sql, id),
    readRows(db, [id]),
    readFields(db.sql, [id]),
    findKin(db.sql, { parent: id }, id, true),
    findKin(db.sql, { reverses: id }, id, false),
  ]);
  if (!head || !row) return null;
  const shown = idsOf(children, CHILDREN);
  const undoing = idsOf(undone, UNDONE);
  const others = [row.parentId, row.reversesId].filter((other) => other !== null);
  const kin = new Map(
    (await readRows(db, [...new Set([...others, ...shown, ...undoing])])).map((one) => [
      one.id,
      one,
    ]),
  );
  const rowsOf = (ids: readonly string[]): AuditRow[] => ids.flatMap((one) => kin.get(one) ?? []);
  const kinOf = ({ events, lookedUpTo }: Found, ids: readonly string[]): AuditKin => ({
    rows: rowsOf(ids),
    count: events.length,
    isMore: events.length === COUNTED || lookedUpTo !== null,
  });
  return {
    ...row,
    occurredAt: head.occurred_at.toISOString(),
    version: head.action_version,
    targetType: head.target_type,
    correlationId: head.correlation_id,
    fields: (fields.get(id) ?? [])
      .filter(({ name }) => name !== 'event')
      .map(({ name, value, subject, sealed, erasedAt }) => ({
        name,
        value,
        subject,
        sealed,
        erasedAt,
      })),
    hashed: (fields.get(id) ?? []).map(({ name, text, salt, digest }) => ({
      name,
      text,
      salt: salt?.toString('base64') ?? null,
      digest: digest?.toString('base64') ?? null,
    })),
    parent: rowsOf(row.parentId === null ? [] : [row.parentId])[0] ?? null,
    children: kinOf(children, shown),
    reverses: rowsOf(row.reversesId === null ? [] : [row.reversesId])[0] ?? null,
    reversedBy: kinOf(undone, undoing),
    leaf: head.leaf.toString('utf8'),
    leafHash: head.leaf_hash.toString('hex'),
    index: head.leaf_index,
    checkpoint:
      head.tree_size === null || head.checkpoint_at === null
        ? null
        : { size: head.tree_size, at: head.checkpoint_at.toISOString() },
  };
}

function readHead(sql: Sql, id: string): Promise<Head[]> {
  return sql<Head[]>`
    select e.occurred_at, e.action_version, e.target_type, e.correlation_id, e.leaf, e.leaf_hash,
      l.leaf_index, c.tree_size, c.at as checkpoint_at
    from audit.event e
    left join audit.leaf l using (event_id)
    left join lateral (
      select tree_size, at from audit.checkpoint where tree_size > l.leaf_index
      order by tree_size limit 1) c on true
    where e.event_id = ${id}`;
}

/** Kin of an event comes after it. */
function findKin(sql: Sql, filter: EventFilter, since: string, forwards: boolean): Promise<Found> {
  return findEvents(sql, filter, { since, forwards }, COUNTED);
}

function idsOf({ events }: Found, most: number): string[] {
  return events.slice(0, most).map(({ id }) => id);
}
