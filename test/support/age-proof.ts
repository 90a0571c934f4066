import { appendAudit } from '#server/audit/entry.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { asOwner } from '#test/support/rooms.ts';

/** Lets an operator's sessions have been proven eleven minutes ago. */
export async function ageProof(base: TestDatabase, operatorId: string): Promise<void> {
  const target = `operator:${operatorId}`;
  await asOwner(base.ownerUrl, (sql) =>
    sql.begin(async (tx) => {
      await appendAudit(tx as never, [
        {
          action: 'session.proven',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: target,
          target_type: 'operator',
          target,
        },
      ]);
      await tx`
        update session set proven_at = now() - interval '11 minutes'
        where operator_id = ${operatorId}`;
    }),
  );
}
