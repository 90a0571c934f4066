import type { Throttled } from '#app/domain/access/throttled.ts';
import type { Transaction } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';

/** Minutes between two such events about one limit: whoever tries could fill the log otherwise. */
export const NOTED_EVERY_MINUTES = 15;

/**
 * Puts on the record that tries at signing in are refused without being looked at.
 * @param operatorId whose account it is; null: nobody's, or any
 */
export async function noteThrottled(
  tx: Transaction,
  limit: Throttled,
  operatorId: string | null,
): Promise<void> {
  await appendAudit(tx, [
    {
      action: 'sign_in.throttled',
      outcome: 'refused',
      occurred_at: Date.now(),
      // Nobody has proven who they are.
      actor: 'unknown',
      ...(operatorId !== null && { target_type: 'operator', target: `operator:${operatorId}` }),
      fields: [{ name: 'limit', value: limit }],
    },
  ]);
}
