import { sql } from 'drizzle-orm';
import type { AccountRefused } from '#app/domain/access/account.ts';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operatorPassword } from '#db/schema/credential.ts';
import { type Accounts, noteCredential, refuse } from './accounts.ts';
import { markSet } from './credential-marks.ts';
import { tryNewPassword } from './sign-in-limit.ts';

/**
 * Hashes a password that somebody has chosen, a few times one after the other and then with waits.
 * @param password normalized, and without a flaw
 */
export async function hashNewPassword(
  { db, hasher }: Pick<Accounts, 'db' | 'hasher'>,
  operatorId: string,
  password: string,
): Promise<{ ok: true; hash: string } | AccountRefused> {
  const turn = await tryNewPassword(db, operatorId);
  if (!turn.ok) return refuse('limited', turn.retryAfter);
  const hash = await hasher.hash(password);
  if (hash !== null) return { ok: true, hash };
  await turn.attempt.wasNone();
  return refuse('busy');
}

/** Keeps a password's hash, on the record, in place of any other. */
export async function keepPassword(tx: Transaction, operatorId: string, hash: string) {
  await noteCredential(tx, `operator:${operatorId}`, operatorId, 'password_set', markSet(hash));
  const set = { hash, setAt: sql`now()` };
  await ormOn(tx)
    .insert(operatorPassword)
    .values({ operatorId, hash })
    .onConflictDoUpdate({ target: operatorPassword.operatorId, set });
}
