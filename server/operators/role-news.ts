import { and, arrayContains, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { rolesCan } from '#app/domain/access/capabilities.ts';
import type { RoleNews } from '#app/domain/access/operators.ts';
import { isUuid } from '#app/domain/uuid.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import { roleNotice } from '#db/schema/role-notice.ts';

/** Most news at once; older ones come when these are put away. */
const MOST = 20;

type Told = Pick<typeof roleNotice.$inferInsert, 'operatorId' | 'byId' | 'change' | 'roles'>;

/** Tells every admin but the one who did it, inside the transaction that does it. */
export async function tellAdmins(tx: Transaction, told: Told): Promise<void> {
  const orm = ormOn(tx);
  const others = await orm
    .select({ adminId: operator.id })
    .from(operator)
    .where(
      and(
        isNull(operator.disabledAt),
        arrayContains(operator.roles, ['admin']),
        ...(told.byId ? [ne(operator.id, told.byId)] : []),
      ),
    );
  if (others.length === 0) return;
  await orm.insert(roleNotice).values(others.map(({ adminId }) => ({ ...told, adminId })));
}

/** What an admin has not put away yet, newest first; empty for whoever is no admin now. */
export async function readRoleNews({ orm }: Db, adminId: string): Promise<RoleNews[]> {
  const by = alias(operator, 'by');
  const admin = alias(operator, 'admin');
  const rows = await orm
    .select({
      id: roleNotice.id,
      at: roleNotice.at,
      change: roleNotice.change,
      roles: roleNotice.roles,
      operatorName: operator.name,
      byName: by.name,
      adminRoles: admin.roles,
    })
    .from(roleNotice)
    .innerJoin(operator, eq(operator.id, roleNotice.operatorId))
    .innerJoin(admin, and(eq(admin.id, roleNotice.adminId), isNull(admin.disabledAt)))
    .leftJoin(by, eq(by.id, roleNotice.byId))
    .where(and(eq(roleNotice.adminId, adminId), isNull(roleNotice.seenAt)))
    .orderBy(desc(roleNotice.at))
    .limit(MOST);
  return rows
    .filter(({ adminRoles }) => rolesCan(adminRoles, 'operators.grant'))
    .map(({ at, adminRoles: _, ...news }) => ({ ...news, at: at.toISOString() }));
}

/** Puts news away for one admin. */
export async function markSeen(
  { orm }: Db,
  adminId: string,
  ids: readonly string[],
): Promise<void> {
  const known = ids.filter((id) => isUuid(id)).slice(0, MOST);
  if (known.length === 0) return;
  await orm
    .update(roleNotice)
    .set({ seenAt: sql`now()` })
    .where(
      and(
        inArray(roleNotice.id, known),
        eq(roleNotice.adminId, adminId),
        isNull(roleNotice.seenAt),
      ),
    );
}
