import { type OperatorRole, rolesCan } from '#app/domain/access/capabilities.ts';
import type { Db, Transaction } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { withinLimit } from '#server/audit/refusal-limit.ts';
import type { Actor } from '#server/rooms/actor.ts';

/** Whether an actor may see keys and webhooks, as read now. */
export async function maySeePlatform({ sql }: Db, actor: Actor): Promise<boolean> {
  if (actor.kind !== 'operator') return actor.kind === 'system';
  const [row] = await sql<{ roles: OperatorRole[] }[]>`
    select roles from operator where id = ${actor.id} and disabled_at is null`;
  return row !== undefined && rolesCan(row.roles, 'platform.run');
}

/**
 * The audit reference of someone who may change keys and webhooks: an admin, or the command line.
 * The right is read and held inside the transaction; whoever lacks it is on the record.
 * @param attempt what was to be done, should it be refused
 */
export async function adminRef(
  tx: Transaction,
  actor: Actor,
  attempt: Pick<AuditEntry, 'action' | 'target' | 'target_type'>,
): Promise<string | null> {
  if (actor.kind === 'system') return 'system';
  if (actor.kind === 'operator') {
    const [row] = await tx<{ roles: OperatorRole[] }[]>`
      select roles from operator where id = ${actor.id} and disabled_at is null for share`;
    if (row && rolesCan(row.roles, 'platform.run')) return `operator:${actor.id}`;
  }
  const refused: AuditEntry = {
    ...attempt,
    outcome: 'refused',
    occurred_at: Date.now(),
    actor: await refOf(tx, actor),
    fields: [{ name: 'refusal', value: 'forbidden' }],
  };
  const recorded = await withinLimit(tx, [refused]);
  if (recorded.length > 0) await appendAudit(tx, recorded);
  return null;
}

async function refOf(tx: Transaction, actor: Exclude<Actor, { kind: 'system' }>): Promise<string> {
  if (actor.kind === 'operator') return `operator:${actor.id}`;
  if (actor.kind === 'platform') return `platform:${actor.key}`;
  const [row] = await tx<{ ref: string }[]>`select ref from member where id = ${actor.id}`;
  return row ? `member:${row.ref}` : 'unknown';
}
