import { eq } from 'drizzle-orm';
import type { LinkedIdentity } from '#app/domain/access/account.ts';
import type { Orm } from '#db/orm.ts';
import { operatorIdentity } from '#db/schema/credential.ts';
import type { AuditField } from '#server/audit/entry.ts';

/** Sign-ins at the organisation's provider that are an operator's, in the order they were linked. */
export async function readIdentities(orm: Orm, operatorId: string): Promise<LinkedIdentity[]> {
  const rows = await orm
    .select()
    .from(operatorIdentity)
    .where(eq(operatorIdentity.operatorId, operatorId))
    .orderBy(operatorIdentity.linkedAt, operatorIdentity.subject);
  return rows.map(({ issuer, subject, linkedAt }) => ({
    issuer,
    subject,
    linkedAt: linkedAt.toISOString(),
  }));
}

/** Which sign-in it is, for the record. */
export function identityFields({
  issuer,
  subject,
}: Pick<LinkedIdentity, 'issuer' | 'subject'>): AuditField[] {
  return [
    { name: 'issuer', value: issuer },
    { name: 'identity', value: subject },
  ];
}
