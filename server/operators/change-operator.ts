import { and, arrayContains, eq, isNull, ne, sql } from 'drizzle-orm';
import {
  type Capability,
  OPERATOR_ROLES,
  type OperatorRole,
} from '#app/domain/access/capabilities.ts';
import { type OperatorChange, operatorChange } from '#app/domain/access/commands.ts';
import type { OperatorAnswer, OperatorRefusal } from '#app/domain/access/operators.ts';
import type { Db, Transaction } from '#db/client.ts';
import { type Orm, ormOn } from '#db/orm.ts';
import { operator, session } from '#db/schema/operator.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { withinLimit } from '#server/audit/refusal-limit.ts';
import { SESSION_HOLDS } from '#server/auth/sessions.ts';
import { type Asker, refOfAsker, refusalOf } from './asker.ts';
import { tellAdmins } from './role-news.ts';

const RULES = {
  grant: { needs: 'operators.grant', action: 'operator.role_granted', told: 'granted' },
  revoke: { needs: 'operators.grant', action: 'operator.role_revoked', told: 'revoked' },
  disable: { needs: 'operators.disable', action: 'operator.disabled', told: 'disabled' },
  enable: { needs: 'operators.disable', action: 'operator.enabled', told: 'enabled' },
} as const satisfies Record<
  OperatorChange['change'],
  { needs: Capability; action: string; told: string }
>;

interface Target {
  id: string;
  roles: OperatorRole[];
  disabledAt: Date | null;
}

/**
 * Gives or takes a role, disables or enables an operator, an `OperatorChange`: one transaction, on
 * the record, told to the other admins. Only an admin may, never about themselves, and not the last
 * admin. Two who change operators at the same time wait for each other.
 * @returns how many sessions ended, since a disabled operator's end
 */
export async function changeOperator(
  db: Db,
  asker: Asker,
  input: unknown,
): Promise<OperatorAnswer<{ sessions: number }>> {
  const parsed = operatorChange.safeParse(input);
  if (!parsed.success) return { ok: false, reason: 'invalid' };
  const change = parsed.data;
  const changed = db.begin(async (tx) => {
    await lockOperators(tx);
    const orm = ormOn(tx);
    const target = await findTarget(orm, change.operator);
    // Whoever may not, learns not even whom there is.
    const refusal =
      (await refusalOf(tx, asker, RULES[change.change].needs)) ??
      (target ? await flawOf(orm, asker, change, target) : 'not_found');
    if (refusal !== null || !target) {
      await noteRefusal(tx, asker, change, refusal ?? 'not_found');
      return { ok: false, reason: refusal ?? 'not_found' } as const;
    }
    return { ok: true, sessions: await carryOut(tx, asker, change, target) } as const;
  });
  return changed as Promise<OperatorAnswer<{ sessions: number }>>;
}

/** Puts everyone who changes operators in a row, as the database's own guard does. */
export async function lockOperators(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('operator'))`;
}

async function findTarget(orm: Orm, id: string): Promise<Target | null> {
  const [row] = await orm
    .select({ id: operator.id, roles: operator.roles, disabledAt: operator.disabledAt })
    .from(operator)
    .where(eq(operator.id, id))
    .for('update');
  return row ?? null;
}

async function flawOf(
  orm: Orm,
  { actor }: Asker,
  change: OperatorChange,
  { id, roles, disabledAt }: Target,
): Promise<OperatorRefusal | null> {
  if (actor.kind === 'operator' && actor.id === id) return 'yourself';
  switch (change.change) {
    case 'grant':
      return roles.includes(change.role) ? 'role_held' : null;
    case 'revoke':
      if (!roles.includes(change.role)) return 'role_not_held';
      return change.role === 'admin' && (await isLastAdmin(orm, id)) ? 'last_admin' : null;
    case 'disable':
      if (disabledAt !== null) return 'already_disabled';
      return (await isLastAdmin(orm, id)) ? 'last_admin' : null;
    case 'enable':
      return disabledAt === null ? 'not_disabled' : null;
  }
}

async function isLastAdmin(orm: Orm, id: string): Promise<boolean> {
  const isAdmin = and(isNull(operator.disabledAt), arrayContains(operator.roles, ['admin']));
  if ((await orm.$count(operator, and(isAdmin, eq(operator.id, id)))) === 0) return false;
  return (await orm.$count(operator, and(isAdmin, ne(operator.id, id)))) === 0;
}

async function carryOut(
  tx: Transaction,
  asker: Asker,
  change: OperatorChange,
  { id, roles }: Target,
): Promise<number> {
  const orm = ormOn(tx);
  const after = rolesAfter(change, roles);
  const subject = `operator:${id}`;
  await appendAudit(tx, [
    {
      ...entryAbout(asker, change),
      outcome: 'accepted',
      fields: [
        { name: 'before', value: { roles }, subject },
        ...(after === roles ? [] : [{ name: 'after', value: { roles: after }, subject }]),
        { name: 'reason', value: change.reason, subject },
      ],
    },
  ]);
  const values =
    change.change === 'disable'
      ? { disabledAt: sql`now()` }
      : change.change === 'enable'
        ? { disabledAt: null }
        : { roles: after };
  await orm.update(operator).set(values).where(eq(operator.id, id));
  await tellAdmins(tx, {
    operatorId: id,
    byId: asker.actor.kind === 'operator' ? asker.actor.id : null,
    change: RULES[change.change].told,
    roles: 'role' in change ? [change.role] : roles,
  });
  if (change.change !== 'disable') return 0;
  const ended = await orm
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(and(eq(session.operatorId, id), SESSION_HOLDS))
    .returning({ id: session.tokenHash });
  return ended.length;
}

function rolesAfter(change: OperatorChange, roles: OperatorRole[]): OperatorRole[] {
  if (change.change === 'grant') {
    return OPERATOR_ROLES.filter((role) => role === change.role || roles.includes(role));
  }
  return change.change === 'revoke' ? roles.filter((role) => role !== change.role) : roles;
}

async function noteRefusal(
  tx: Transaction,
  asker: Asker,
  change: OperatorChange,
  refusal: OperatorRefusal,
): Promise<void> {
  // A member has no business here, and no reference that reads as an operator's.
  if (asker.actor.kind !== 'operator') return;
  const fields = [{ name: 'refusal', value: refusal }];
  const entries = await withinLimit(tx, [
    { ...entryAbout(asker, change), outcome: 'refused' as const, fields },
  ]);
  if (entries.length > 0) await appendAudit(tx, entries);
}

function entryAbout(asker: Asker, change: OperatorChange): Omit<AuditEntry, 'outcome'> {
  return {
    action: RULES[change.change].action,
    occurred_at: Date.now(),
    actor: refOfAsker(asker),
    target_type: 'operator',
    target: `operator:${change.operator}`,
  };
}
