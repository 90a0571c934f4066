import { and, eq, isNull } from 'drizzle-orm';
import { type Capability, rolesCan } from '#app/domain/access/capabilities.ts';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import type { Actor } from '#server/rooms/actor.ts';

/** Who asks for a change: as much of a session as is looked at, or the command line. */
export interface Asker {
  actor: Actor;
  /** Whether they proved who they are within the last ten minutes. */
  isRecent: boolean;
}

export const COMMAND_LINE: Asker = { actor: { kind: 'system' }, isRecent: true };

/**
 * Whether someone may do this now: the right is read, and held, inside the transaction.
 * @returns null when they may
 */
export async function refusalOf(
  tx: Transaction,
  { actor, isRecent }: Asker,
  capability: Capability,
): Promise<'forbidden' | 'reauthenticate' | null> {
  if (actor.kind === 'system') return null;
  if (actor.kind !== 'operator') return 'forbidden';
  const [row] = await ormOn(tx)
    .select({ roles: operator.roles })
    .from(operator)
    .where(and(eq(operator.id, actor.id), isNull(operator.disabledAt)))
    .for('share');
  if (!row || !rolesCan(row.roles, capability)) return 'forbidden';
  return isRecent ? null : 'reauthenticate';
}

/** Audit reference of an asker who is no member. */
export function refOfAsker({ actor }: Asker): string {
  return actor.kind === 'operator' ? `operator:${actor.id}` : 'system';
}
