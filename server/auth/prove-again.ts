import { eq, sql } from 'drizzle-orm';
import type { AccountRefused, Proof } from '#app/domain/access/account.ts';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { operatorPassword } from '#db/schema/credential.ts';
import { session } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { type Accounts, allOrNothing, noteFailure, refuse, type Visitor } from './accounts.ts';
import { takeCode } from './code-factor.ts';
import { checkSigned, noteUse } from './passkeys.ts';
import { normalizePassword } from './password-rules.ts';
import { sessionRef } from './session-ref.ts';
import type { Session } from './sessions.ts';
import { tryFactor } from './sign-in-limit.ts';

/**
 * Proves once more who one is, on the record: by a passkey, by the password, or by a one-time code
 * for those who have no password. Good for ten minutes.
 */
export async function proveAgain(
  accounts: Accounts,
  visitor: Visitor,
  asker: Session,
  proof: Proof,
): Promise<{ ok: true } | AccountRefused> {
  const { db, key } = accounts;
  const { id, kind } = asker.actor;
  if (kind !== 'operator') return refuse('forbidden');
  if ('passkey' in proof) {
    const used = await checkSigned(db, visitor, 'confirm', id, proof.passkey);
    if (used === null) {
      await noteFailure(db, id, 'passkey_failed');
      return refuse('passkey_failed');
    }
    return allOrNothing(db, async (tx) => {
      await noteUse(tx, used);
      return noteProof(tx, asker);
    });
  }
  const tried = await tryFactor(db, id);
  if (!tried.ok) return refuse('limited', tried.retryAfter);
  const [kept] = await db.orm
    .select({ hash: operatorPassword.hash })
    .from(operatorPassword)
    .where(eq(operatorPassword.operatorId, id));
  if ('password' in proof) {
    const given = normalizePassword(proof.password.slice(0, 1_024));
    const isRight = await accounts.hasher.verify(given, kept?.hash ?? null);
    if (isRight === null) {
      await tried.attempt.succeeded();
      return refuse('busy');
    }
    if (!isRight) {
      await noteFailure(db, id, 'wrong');
      return refuse('wrong');
    }
    await tried.attempt.succeeded();
    return allOrNothing(db, (tx) => noteProof(tx, asker));
  }
  const answer = await allOrNothing(db, async (tx) => {
    if (kept || (await takeCode(tx, key, id, proof.code)) === null) return refuse('wrong_code');
    return noteProof(tx, asker);
  });
  if (answer.ok) await tried.attempt.succeeded();
  else await noteFailure(db, id, 'wrong_code');
  return answer;
}

async function noteProof(tx: Transaction, { id, ref }: Session) {
  await appendAudit(tx, [
    {
      action: 'session.proven',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: ref,
      target_type: 'operator',
      target: ref,
      correlation: sessionRef(id),
    },
  ]);
  await ormOn(tx).update(session).set({ provenAt: sql`now()` }).where(eq(session.tokenHash, id));
  return { ok: true } as const;
}
