import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import type { OperatorAnswer } from '#app/domain/access/operators.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { withinLimit } from '#server/audit/refusal-limit.ts';
import { refusalOf } from '#server/operators/asker.ts';
import { tellAdmins } from '#server/operators/role-news.ts';
import { writeLink } from './links.ts';
import { readOperatorName } from './operator-name.ts';
import type { Session } from './sessions.ts';

export interface Invited {
  name: string;
  roles: readonly OperatorRole[];
  /** How long the invitation can be used. */
  minutes: number;
}

/**
 * Adds an operator, and makes the link by which they choose a password or passkey; for admins who
 * proved lately who they are.
 * @returns the link's token, for `/invitation?token=`
 */
export async function inviteOperator(
  db: Db,
  asker: Session,
  invited: Invited,
): Promise<OperatorAnswer<{ id: string; token: string }>> {
  return db.begin(async (tx) => {
    const refusal = await refusalOf(tx, asker, 'operators.invite');
    if (refusal === null) return addInvited(tx, asker.ref, invited);
    await noteRefusal(tx, asker, refusal);
    return { ok: false, reason: refusal };
  });
}

async function noteRefusal(tx: Transaction, { actor, ref }: Session, why: string): Promise<void> {
  // A member has no business here.
  if (actor.kind !== 'operator') return;
  const entry = {
    action: 'operator.added',
    outcome: 'refused' as const,
    occurred_at: Date.now(),
    actor: ref,
    target_type: 'operator',
    fields: [{ name: 'refusal', value: why }],
  };
  const entries = await withinLimit(tx, [entry]);
  if (entries.length > 0) await appendAudit(tx, entries);
}

/** The same by whoever has the command line. */
export function inviteByCommand(
  db: Db,
  actor: string,
  invited: Invited,
): Promise<OperatorAnswer<{ id: string; token: string }>> {
  return db.begin((tx) => addInvited(tx, actor, invited));
}

async function addInvited(
  tx: Transaction,
  actor: string,
  { name: given, roles, minutes }: Invited,
): Promise<OperatorAnswer<{ id: string; token: string }>> {
  const name = readOperatorName(given);
  if (name === null) return { ok: false, reason: 'invalid' };
  const [row] = await ormOn(tx)
    .insert(operator)
    .values({ name, roles: [...roles] })
    .onConflictDoNothing()
    .returning({ id: operator.id });
  if (!row) return { ok: false, reason: 'name_taken' };
  const target = `operator:${row.id}`;
  await appendAudit(tx, [
    {
      action: 'operator.added',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor,
      target_type: 'operator',
      target,
      fields: [
        { name: 'name', value: name, subject: target },
        { name: 'after', value: { roles }, subject: target },
      ],
    },
  ]);
  const byId = actor.startsWith('operator:') ? actor.slice('operator:'.length) : null;
  await tellAdmins(tx, { operatorId: row.id, byId, change: 'added', roles: [...roles] });
  const holder = { kind: 'operator', id: row.id } as const;
  const token = await writeLink(tx, holder, minutes, actor, 'invitation');
  return { ok: true, id: row.id, token };
}
