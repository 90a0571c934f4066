import { sql } from 'drizzle-orm';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorRefusal } from '#app/domain/access/operators.ts';
import type { Db } from '#db/client.ts';
import { type Orm, ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { tellAdmins } from '#server/operators/role-news.ts';
import { writeLink } from './links.ts';

export interface OperatorRow {
  id: string;
  name: string;
  roles: OperatorRole[];
  disabledAt: Date | null;
}

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
    const byId = actor.startsWith('operator:') ? actor.slice('operator:'.length) : null;
    await tellAdmins(tx, { operatorId: row.id, byId, change: 'added', roles: [...roles] });
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

/** Disables an operator by name, as the command line does. */
export async function disableOperator(
  db: Db,
  _actor: string,
  name: string,
): Promise<Answer<{ sessions: number }>> {
  return changeByName(db, name, { change: 'disable', reason: BY_COMMAND_LINE });
}

const BY_COMMAND_LINE = 'By the command line';

type NamedChange =
  | { change: 'grant' | 'revoke'; role: OperatorRole; reason?: string }
  | { change: 'disable' | 'enable'; reason?: string };

/** Changes an operator by name on the word of whoever has the command line; see `changeOperator`. */
export async function changeByName(
  db: Db,
  name: string,
  change: NamedChange,
): Promise<Answer<{ sessions: number }>> {
  const [row] = await db.orm.select({ id: operator.id }).from(operator).where(isNamed(name));
  if (!row) return { ok: false, why: 'not_found' };
  const asked = { reason: BY_COMMAND_LINE, ...change, operator: row.id };
  const answer = await changeOperator(db, COMMAND_LINE, asked);
  return answer.ok ? answer : { ok: false, why: answer.reason };
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
  const [row] = await orm.select(ROW).from(operator).where(isNamed(name)).for('update');
  return row;
}

function isNamed(name: string) {
  return sql`lower(${operator.name}) = lower(${name})`;
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
