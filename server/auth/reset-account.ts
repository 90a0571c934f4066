import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import {
  codeSecret,
  operatorIdentity,
  operatorPassword,
  passkey,
  recoveryCode,
} from '#db/schema/credential.ts';
import { operator, session, signInLink } from '#db/schema/operator.ts';
import { lockAccount, noteCredential } from './accounts.ts';
import { writeLink } from './links.ts';
import { SESSION_HOLDS } from './sessions.ts';
import { readOwner } from './sign-in-by-passkey.ts';

/**
 * Takes an operator's password, passkeys, codes, linked sign-ins and unused links back, ends their
 * sessions, and makes a link by which they choose anew: for someone who lost their second factor, or
 * whose account was taken over.
 * @returns the link's token, for `/invitation?token=`; null when there is no such operator
 */
export async function resetAccount(
  db: Db,
  actor: string,
  { name, minutes }: { name: string; minutes: number },
): Promise<string | null> {
  return db.begin(async (tx) => {
    const orm = ormOn(tx);
    const [row] = await orm
      .select({ id: operator.id })
      .from(operator)
      .where(sql`lower(${operator.name}) = lower(${name})`);
    if (!row) return null;
    const { id } = row;
    await lockAccount(tx, id);
    if (!(await readOwner(tx, id))) return null;
    await noteCredential(tx, actor, id, 'reset');
    await orm.delete(operatorPassword).where(eq(operatorPassword.operatorId, id));
    await orm.delete(passkey).where(eq(passkey.operatorId, id));
    await orm.delete(codeSecret).where(eq(codeSecret.operatorId, id));
    await orm.delete(recoveryCode).where(eq(recoveryCode.operatorId, id));
    await orm.delete(operatorIdentity).where(eq(operatorIdentity.operatorId, id));
    await orm
      .update(signInLink)
      .set({ usedAt: sql`now()` })
      .where(and(eq(signInLink.operatorId, id), isNull(signInLink.usedAt)));
    await orm
      .update(session)
      .set({ endedAt: sql`now()` })
      .where(and(eq(session.operatorId, id), SESSION_HOLDS));
    return writeLink(tx, { kind: 'operator', id }, minutes, actor, 'invitation');
  });
}
