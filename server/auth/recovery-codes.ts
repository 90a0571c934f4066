import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { recoveryCode } from '#db/schema/credential.ts';
import type { AccountKey } from './account-key.ts';
import { noteCredential } from './accounts.ts';
import { markSet, textOfCodes } from './credential-marks.ts';
import { makeCode, readCode, spellCode } from './typed-code.ts';

const COUNT = 10;
const about = (operatorId: string) => `recovery code of ${operatorId}`;

/**
 * Makes ten new codes in place of an operator's old ones, on the record.
 * @returns them, as `XXXX-XXXX-XXXX`; only keyed hashes are kept
 */
export async function makeRecoveryCodes(
  tx: Transaction,
  key: AccountKey,
  operatorId: string,
): Promise<string[]> {
  const codes = Array.from({ length: COUNT }, makeCode);
  const orm = ormOn(tx);
  const rows = codes.map((code) => ({ operatorId, hash: key.hash(code, about(operatorId)) }));
  const mark = markSet(textOfCodes(rows.map(({ hash }) => hash)));
  await noteCredential(tx, `operator:${operatorId}`, operatorId, 'recovery_codes_made', mark);
  await orm.delete(recoveryCode).where(eq(recoveryCode.operatorId, operatorId));
  await orm.insert(recoveryCode).values(rows);
  return codes.map(spellCode);
}

/** Uses a recovery code up, once, however many try at the same moment. @returns whether it was one */
export async function takeRecoveryCode(
  tx: Transaction,
  key: AccountKey,
  operatorId: string,
  given: string,
): Promise<boolean> {
  const code = readCode(given);
  if (code === null) return false;
  const hash = key.hash(code, about(operatorId));
  const used = await ormOn(tx)
    .update(recoveryCode)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCode.operatorId, operatorId),
        eq(recoveryCode.hash, hash),
        isNull(recoveryCode.usedAt),
      ),
    )
    .returning({ hash: recoveryCode.hash });
  return used.length === 1;
}
