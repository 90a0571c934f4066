import { and, desc, eq, ilike, lt, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AuditPage, AuditQuery } from '#app/domain/audit/view.ts';
import type { OperatorRole } from '#app/load-context.ts';
import { auditEvent } from '#db/audit-event.ts';
import type { Db } from '#db/client.ts';
import { isAnyOf, type Orm } from '#db/orm.ts';
import { member } from '#db/schema/member.ts';
import { operator } from '#db/schema/operator.ts';
import { room } from '#db/schema/room.ts';

/** Rows of one page. */
const PAGE = 50;
const READERS: ReadonlySet<OperatorRole> = new Set<OperatorRole>(['lead', 'auditor']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether these roles may read the audit log. */
export function mayReadAudit(roles: readonly OperatorRole[]): boolean {
  return roles.some((role) => READERS.has(role));
}

/**
 * A page of the audit log, newest first; `before` continues it. `action` is a whole name or an
 * object (`participant`); `actor` a reference or a part of an operator's or member's name.
 * Walks the primary key backwards, or the index on the actor or room, and finds names by key.
 */
export async function readAuditList({ orm }: Db, query: AuditQuery): Promise<AuditPage> {
  const { action, actor, room: roomRef, outcome, before } = query;
  const asked = [action, actor, roomRef].filter((text) => text !== undefined);
  // No text of a database holds NUL, so nothing matches it.
  const matchless = asked.some((text) => text.includes('\0'));
  if (matchless || (before !== undefined && !UUID.test(before))) {
    return { rows: [], next: null, previous: null, lookedBackTo: null };
  }
  const rows = await orm
    .select({
      id: auditEvent.id,
      at: auditEvent.recordedAt,
      action: auditEvent.action,
      outcome: auditEvent.outcome,
      actorRef: auditEvent.actorRef,
      actorName: sql<string | null>`coalesce(${actingOperator.name}, ${actingMember.name})`,
      targetRef: auditEvent.targetRef,
      targetName: sql<string | null>`coalesce(${operator.name}, ${member.name}, ${room.title})`,
      room: auditEvent.roomRef,
      case: auditEvent.caseRef,
      reason: sql<string | null>`null`,
      parentId: auditEvent.parentId,
      reversesId: auditEvent.reversesId,
    })
    .from(auditEvent)
    .leftJoin(actingOperator, eq(actingOperator.id, idIn(auditEvent.actorRef, 'operator')))
    .leftJoin(actingMember, eq(actingMember.ref, idIn(auditEvent.actorRef, 'member')))
    .leftJoin(operator, eq(operator.id, idIn(auditEvent.targetRef, 'operator')))
    .leftJoin(member, eq(member.ref, idIn(auditEvent.targetRef, 'member')))
    .leftJoin(room, eq(room.id, TARGET_ROOM))
    .where(
      and(
        before === undefined ? undefined : lt(auditEvent.id, before),
        roomRef === undefined ? undefined : eq(auditEvent.roomRef, roomRef),
        outcome === undefined ? undefined : eq(auditEvent.outcome, outcome),
        action === undefined ? undefined : isOrIsUnder(action),
        actor === undefined
          ? undefined
          : isAnyOf(auditEvent.actorRef, await findActors(orm, actor.slice(0, 200))),
      ),
    )
    .orderBy(desc(auditEvent.id))
    .limit(PAGE + 1);
  const page = rows.slice(0, PAGE).map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
  const next = rows.length > PAGE ? (page.at(-1)?.id ?? null) : null;
  return { rows: page, next, previous: null, lookedBackTo: null };
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

function isOrIsUnder(action: string): SQL | undefined {
  const under = sql`starts_with(${auditEvent.action}, ${`${action}.`})`;
  return or(eq(auditEvent.action, action), under);
}

async function findActors(orm: Orm, text: string): Promise<string[]> {
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const [operators, members] = await Promise.all([
    orm.select({ id: operator.id }).from(operator).where(ilike(operator.name, like)).limit(100),
    orm.select({ ref: member.ref }).from(member).where(ilike(member.name, like)).limit(100),
  ]);
  return [
    text,
    ...operators.map(({ id }) => `operator:${id}`),
    ...members.map(({ ref }) => `member:${ref}`),
  ];
}
