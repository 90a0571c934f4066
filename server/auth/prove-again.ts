import { eq } from 'drizzle-orm';
import type { AccountRefused, Proof } from '#app/domain/access/account.ts';
import type { Transaction } from '#db/client.ts';
import { operatorPassword } from '#db/schema/credential.ts';
import {
  type Accounts,
  allOrNothing,
  lockAccount,
  noteFailure,
  refuse,
  type Visitor,
} from './accounts.ts';
import { takeCode } from './code-factor.ts';
import { checkSigned, noteUse } from './passkeys.ts';
import { normalizePassword } from './password-rules.ts';
import { renewSession } from './renew-session.ts';
import type { Session, Proof as SignInProof } from './sessions.ts';
import { readOwner } from './sign-in-by-passkey.ts';
import { tryFactor } from './sign-in-limit.ts';
import { hashToken } from './token.ts';

/** Once more who one is: the browser's new token comes in place of the one it had. */
export type Proven = { ok: true; token: string } | AccountRefused;

/**
 * Proves once more who one is, on the record: by a passkey, by the password, or by a one-time code
 * for those who have no password. Good for ten minutes, and at a new token: whoever knows the one
 * before gains nothing. Sockets go on until they have come again with the new one.
 */
export async function proveAgain(
  accounts: Accounts,
  visitor: Visitor,
  asker: Session,
  proof: Proof,
): Promise<Proven> {
  const { db, key } = accounts;
  const { id, kind } = asker.actor;
  if (kind !== 'operator') return refuse('forbidden');
  if ('passkey' in proof) {
    const used = await checkSigned(db, visitor, 'confirm', id, proof.passkey);
    if (used === null) {
      await noteFailure(db, id, 'passkey_failed');
      return refuse('passkey_failed');
    }
    return proving(accounts, asker, async (tx) => {
      return (await noteUse(tx, used)) ? 'passkey' : refuse('passkey_failed');
    });
  }
  const tried = await tryFactor(db, id, 'session');
  if (!tried.ok) return refuse('limited', tried.retryAfter);
  const [kept] = await db.orm
    .select({ hash: operatorPassword.hash })
    .from(operatorPassword)
    .where(eq(operatorPassword.operatorId, id));
  if ('password' in proof) {
    const given = normalizePassword(proof.password.slice(0, 1_024));
    const isRight = await accounts.hasher.verify(given, kept?.hash ?? null);
    if (isRight === null) {
      await tried.attempt.wasNone();
      return refuse('busy');
    }
    if (!isRight) {
      await noteFailure(db, id, 'wrong');
      return refuse('wrong');
    }
    await tried.attempt.succeeded();
    return proving(accounts, asker, async () => 'password');
  }
  const answer = await proving(accounts, asker, async (tx) => {
    const by = kept ? null : await takeCode(tx, key, id, proof.code);
    return by ?? refuse('wrong_code');
  });
  if (answer.ok) await tried.attempt.succeeded();
  else if (answer.reason === 'wrong_code') await noteFailure(db, id, 'wrong_code');
  return answer;
}

/**
 * Lets a session go on at a new token when `work`, in the same transaction, says by what its holder
 * has proven who they are. Refused as well when it has ended meanwhile, or its holder was disabled.
 */
export async function proving(
  accounts: Accounts,
  asker: Session,
  work: (tx: Transaction) => Promise<SignInProof['by'] | AccountRefused>,
): Promise<Proven> {
  const answer = await allOrNothing(accounts.db, async (tx): Promise<Proven> => {
    // Whoever ends sessions of this account ends the one before, or the one after.
    await lockAccount(tx, asker.actor.id);
    if (!(await readOwner(tx, asker.actor.id))) return refuse('forbidden');
    const by = await work(tx);
    if (typeof by !== 'string') return by;
    const token = await renewSession(tx, asker, by);
    return token === null ? refuse('forbidden') : { ok: true, token };
  });
  if (answer.ok) accounts.moveSockets(asker.id, hashToken(answer.token));
  return answer;
}
