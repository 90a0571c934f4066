import { eq } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { codeSecret } from '#db/schema/credential.ts';
import type { AccountKey } from './account-key.ts';
import { noteCredential } from './accounts.ts';
import { markSet } from './credential-marks.ts';
import { openSecret, sealSecret, stepOfCode } from './one-time-codes.ts';
import { takeRecoveryCode } from './recovery-codes.ts';

/**
 * Takes a one-time or recovery code of an operator, inside a transaction that puts on the record
 * what it is good for. Each works once: a code seen over somebody's shoulder doesn't any more.
 * @returns which of the two it was, or null
 */
export async function takeCode(
  tx: Transaction,
  key: AccountKey,
  operatorId: string,
  given: string,
): Promise<'code' | 'recovery_code' | null> {
  const digits = given.replace(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) {
    return (await takeRecoveryCode(tx, key, operatorId, given)) ? 'recovery_code' : null;
  }
  const orm = ormOn(tx);
  const [kept] = await orm
    .select({ sealed: codeSecret.sealed, lastStep: codeSecret.lastStep })
    .from(codeSecret)
    .where(eq(codeSecret.operatorId, operatorId))
    .for('update');
  if (!kept) return null;
  const step = stepOfCode(openSecret(key, operatorId, kept.sealed), digits, kept.lastStep);
  if (step === null) return null;
  await orm.update(codeSecret).set({ lastStep: step }).where(eq(codeSecret.operatorId, operatorId));
  return 'code';
}

/** Keeps a secret whose first code, of `step`, has come back; in place of any other. */
export async function keepCodes(
  tx: Transaction,
  key: AccountKey,
  operatorId: string,
  { secret, step }: { secret: string; step: number },
): Promise<void> {
  const orm = ormOn(tx);
  const sealed = sealSecret(key, operatorId, secret);
  await noteCredential(tx, `operator:${operatorId}`, operatorId, 'codes_set', markSet(sealed));
  await orm.delete(codeSecret).where(eq(codeSecret.operatorId, operatorId));
  await orm.insert(codeSecret).values({ operatorId, sealed, lastStep: step });
}
