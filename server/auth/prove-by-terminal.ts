import { eq } from 'drizzle-orm';
import type { AccountRefused } from '#app/domain/access/account.ts';
import { operatorPassword } from '#db/schema/credential.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { type Accounts, allOrNothing, noteFailure, refuse } from './accounts.ts';
import { takeCode } from './code-factor.ts';
import { hasFactor } from './factors.ts';
import { normalizePassword } from './password-rules.ts';
import { tryFactor } from './sign-in-limit.ts';

/** What somebody without a browser proves with. */
export interface Secrets {
  password: string;
  /** One-time or recovery code; null where the account has no second factor. */
  code: string | null;
}

/**
 * Proves who an operator is where there is no browser, on the record: by their password, and by a code
 * where the account has a second factor. Slowed down after failures as a second factor is.
 * @param purpose what for, in a word
 */
export async function proveByTerminal(
  { db, hasher, key }: Pick<Accounts, 'db' | 'hasher' | 'key'>,
  operatorId: string,
  { password, code }: Secrets,
  purpose: string,
): Promise<{ ok: true } | AccountRefused> {
  const tried = await tryFactor(db, operatorId, 'terminal');
  if (!tried.ok) return refuse('limited', tried.retryAfter);
  const [kept] = await db.orm
    .select({ hash: operatorPassword.hash })
    .from(operatorPassword)
    .where(eq(operatorPassword.operatorId, operatorId));
  const isRight = await hasher.verify(
    normalizePassword(password.slice(0, 1_024)),
    kept?.hash ?? null,
  );
  if (isRight === null) {
    await tried.attempt.wasNone();
    return refuse('busy');
  }
  const answer = await allOrNothing(db, async (tx) => {
    if (!isRight) return refuse('wrong');
    const wantsCode = await hasFactor(db.orm, operatorId);
    const by = wantsCode ? await takeCode(tx, key, operatorId, code ?? '') : 'password';
    if (by === null) return refuse('wrong_code');
    const ref = `operator:${operatorId}`;
    await appendAudit(tx, [
      {
        action: 'operator.proven',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: ref,
        target_type: 'operator',
        target: ref,
        fields: [
          { name: 'by', value: by, subject: ref },
          { name: 'purpose', value: purpose },
        ],
      },
    ]);
    return { ok: true } as const;
  });
  if (answer.ok) await tried.attempt.succeeded();
  else await noteFailure(db, operatorId, answer.reason === 'wrong' ? 'wrong' : 'wrong_code');
  return answer;
}
