import { and, asc, count, eq, isNull } from 'drizzle-orm';
import type { Factors } from '#app/domain/access/account.ts';
import type { Orm } from '#db/orm.ts';
import { codeSecret, operatorPassword, passkey, recoveryCode } from '#db/schema/credential.ts';

/** Whether an operator has a second factor: a passkey or one-time codes. */
export async function hasFactor(orm: Orm, operatorId: string): Promise<boolean> {
  const [codes, keys] = await Promise.all([
    orm.$count(codeSecret, eq(codeSecret.operatorId, operatorId)),
    orm.$count(passkey, eq(passkey.operatorId, operatorId)),
  ]);
  return codes + keys > 0;
}

/** What an operator's account has to prove who its holder is. */
export async function readFactors(orm: Orm, operatorId: string): Promise<Factors> {
  const [passwords, codes, [left], passkeys] = await Promise.all([
    orm.$count(operatorPassword, eq(operatorPassword.operatorId, operatorId)),
    orm.$count(codeSecret, eq(codeSecret.operatorId, operatorId)),
    orm
      .select({ number: count() })
      .from(recoveryCode)
      .where(and(eq(recoveryCode.operatorId, operatorId), isNull(recoveryCode.usedAt))),
    orm
      .select({
        id: passkey.id,
        label: passkey.label,
        createdAt: passkey.createdAt,
        usedAt: passkey.usedAt,
      })
      .from(passkey)
      .where(eq(passkey.operatorId, operatorId))
      .orderBy(asc(passkey.createdAt), asc(passkey.id)),
  ]);
  return {
    hasPassword: passwords > 0,
    hasCodes: codes > 0,
    recoveryCodesLeft: left?.number ?? 0,
    passkeys: passkeys.map(({ id, label, createdAt, usedAt }) => ({
      id,
      label,
      createdAt: createdAt.toISOString(),
      usedAt: usedAt?.toISOString() ?? null,
    })),
  };
}
