import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AuditRow } from '#app/domain/audit/view.ts';
import { auditEvent } from '#db/audit-event.ts';
import type { Db } from '#db/client.ts';
import { isAnyOf } from '#db/orm.ts';
import { member } from '#db/schema/member.ts';
import { operator } from '#db/schema/operator.ts';
import { room } from '#db/schema/room.ts';

/** Events by their ids, with names and reasons; unknown ids are left out. In the order of the ids. */
export async function readRows({ orm, sql: raw }: Db, ids: readonly string[]): Promise<AuditRow[]> {
  if (ids.length === 0) return [];
  const ordered = [...ids].sort();
  const [rows, reasons] = await Promise.all([
    orm
      .select({
        id: auditEvent.id,
        at: auditEvent.recordedAt,
        action: auditEvent.action,
        outcome: auditEvent.outcome,
        actorRef: auditEvent.actorRef,
        actorName: sql<
          string | null
        >`coalesce(${actingOperator.name}, nullif(${actingMember.name}, ''))`,
        targetRef: auditEvent.targetRef,
        targetName: sql<
          string | null
        >`coalesce(${operator.name}, nullif(${member.name}, ''), ${room.title})`,
        room: auditEvent.roomRef,
        case: auditEvent.caseRef,
        parentId: auditEvent.parentId,
        reversesId: auditEvent.reversesId,
      })
      .from(auditEvent)
      .leftJoin(actingOperator, eq(actingOperator.id, idIn(auditEvent.actorRef, 'operator')))
      .leftJoin(actingMember, eq(actingMember.ref, idIn(auditEvent.actorRef, 'member')))
      .leftJoin(operator, eq(operator.id, idIn(auditEvent.targetRef, 'operator')))
      .leftJoin(member, eq(member.ref, idIn(auditEvent.targetRef, 'member')))
      .leftJoin(room, eq(room.id, TARGET_ROOM))
      // The bounds let Postgres look into the months in question only.
      .where(
        sql`${isAnyOf(auditEvent.id, ordered)} and ${auditEvent.id} between ${ordered[0]} and ${ordered.at(-1)}`,
      ),
    raw<{ event_id: string; reason: string }[]>`
      select event_id, value::jsonb #>> '{}' as reason from audit.fields_of(${ordered}::uuid[])
      where name = 'reason' and value is not null`,
  ]);
  const reasonOf = new Map(reasons.map((row) => [row.event_id, row.reason]));
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = found.get(id.toLowerCase());
    return row ? [{ ...row, at: row.at.toISOString(), reason: reasonOf.get(row.id) ?? null }] : [];
  });
}

const actingOperator = alias(operator, 'acting_operator');
const actingMember = alias(member, 'acting_member');

const TARGET_ROOM = sql`case when starts_with(${auditEvent.targetRef}, 'room:')
  then substr(${auditEvent.targetRef}, 6) end`;

/** The id in a reference such as `member:…`, as a uuid: names are found by key, however many. */
function idIn(ref: SQLWrapper, kind: 'operator' | 'member'): SQL {
  const form = `^${kind}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`;
  return sql`case when ${ref} ~ ${form} then substr(${ref}, ${kind.length + 2}::int)::uuid end`;
}
