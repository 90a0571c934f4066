import { and, arrayContains, eq, isNull, sql } from 'drizzle-orm';
import type { OperatorRole } from '#app/load-context.ts';
import type { Db } from '#db/client.ts';
import { type Orm, ormOn } from '#db/orm.ts';
import { operator, session } from '#db/schema/operator.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { writeLink } from './links.ts';
import { SESSION_HOLDS } from './sessions.ts';

export const OPERATOR_ROLES: readonly OperatorRole[] = ['moderator', 'lead', 'auditor', 'admin'];

export interface OperatorRow {
  id: string;
  name: string;
  roles: OperatorRole[];
  disabledAt: Date | null;
}

export type OperatorRefusal = 'name_taken' | 'not_found' | 'already_disabled' | 'last_admin';
export type Answer<More> = ({ ok: true } & More) | { ok: false; why: OperatorRefusal };

/**
 * Adds an operator and their first sign-in link, in one transaction.
 * @param minutes how long the link can be used
 */
export async function addOperator(
  db: Db,
  actor: string,
  { name, roles, minutes }: { name: string; roles: readonly OperatorRole[]; minutes: number },
): Promise<Answer<{ id: string; token: string }>> {
  const added = db.begin(async (tx) => {
    const [row] = await ormOn(tx)
      .insert(operator)
      .values({ name, roles: [...roles] })
      .onConflictDoNothing()
      .returning({ id: operator.id });
    if (!row) return { ok: false, why: 'name_taken' } as const;
    await appendAudit(tx, [
      entryAbout('operator.added', row.id, actor, [
        { name: 'name', value: name, subject: `operator:${row.id}` },
        { name: 'after', value: { roles }, subject: `operator:${row.id}` },
      ]),
    ]);
    const token = await writeLink(tx, { kind: 'operator', id: row.id }, minutes, actor);
    return { ok: true, id: row.id, token } as const;
  });
  return added as Promise<Answer<{ id: string; token: string }>>;
}

/** Makes a new sign-in link for an operator, by name. */
export async function linkOperator(
  db: Db,
  actor: string,
  { name, minutes }: { name: string; minutes: number },
): Promise<Answer<{ token: string }>> {
  const linked = db.begin(async (tx) => {
    const row = await findOperator(ormOn(tx), name);
    if (!row) return { ok: false, why: 'not_found' } as const;
    if (row.disabledAt !== null) return { ok: false, why: 'already_disabled' } as const;
    const token = await writeLink(tx, { kind: 'operator', id: row.id }, minutes, actor);
    return { ok: true, token } as const;
  });
  return linked as Promise<Answer<{ token: string }>>;
}

/** Disables an operator and ends their sessions; the last admin can't be. */
export async function disableOperator(
  db: Db,
  actor: string,
  name: string,
): Promise<Answer<{ sessions: number }>> {
  const disabled = db.begin(async (tx) => {
    const orm = ormOn(tx);
    // Two who disable each other's last admin wait here for one another.
    await orm.execute(sql`select pg_advisory_xact_lock(hashtext('operator'))`);
    const row = await findOperator(orm, name);
    if (!row) return { ok: false, why: 'not_found' } as const;
    if (row.disabledAt !== null) return { ok: false, why: 'already_disabled' } as const;
    if (row.roles.includes('admin') && (await countAdmins(orm)) === 1) {
      return { ok: false, why: 'last_admin' } as const;
    }
    await appendAudit(tx, [
      entryAbout('operator.disabled', row.id, actor, [
        { name: 'before', value: { roles: row.roles }, subject: `operator:${row.id}` },
      ]),
    ]);
    await orm.update(operator).set({ disabledAt: sql`now()` }).where(eq(operator.id, row.id));
    const ended = await orm
      .update(session)
      .set({ endedAt: sql`now()` })
      .where(and(eq(session.operatorId, row.id), SESSION_HOLDS))
      .returning({ id: session.tokenHash });
    return { ok: true, sessions: ended.length } as const;
  });
  return disabled as Promise<Answer<{ sessions: number }>>;
}

/** Everyone with an account, by name. */
export async function listOperators({ orm }: Db): Promise<OperatorRow[]> {
  return orm.select(ROW).from(operator).orderBy(sql`lower(${operator.name})`);
}

const ROW = {
  id: operator.id,
  name: operator.name,
  roles: operator.roles,
  disabledAt: operator.disabledAt,
};

async function findOperator(orm: Orm, name: string): Promise<OperatorRow | undefined> {
  const [row] = await orm
    .select(ROW)
    .from(operator)
    .where(sql`lower(${operator.name}) = lower(${name})`)
    .for('update');
  return row;
}

async function countAdmins(orm: Orm): Promise<number> {
  const active = and(isNull(operator.disabledAt), arrayContains(operator.roles, ['admin']));
  return orm.$count(operator, active);
}

function entryAbout(
  action: string,
  id: string,
  actor: string,
  fields: NonNullable<AuditEntry['fields']>,
): AuditEntry {
  return {
    action,
    outcome: 'accepted',
    occurred_at: Date.now(),
    actor,
    target_type: 'operator',
    target: `operator:${id}`,
    fields,
  };
}
