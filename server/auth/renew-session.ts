import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { session } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { sessionRef } from './session-ref.ts';
import { type Proof, SESSION_HOLDS, type Session } from './sessions.ts';
import { hashToken, makeToken } from './token.ts';

/**
 * Lets an operator's session go on under a new token once its holder has proven who they are, inside
 * the caller's transaction: whoever knows only the token before has it no more. What it rested on,
 * when it began and when it ends stay.
 * @returns the token, of which only the hash is kept; null when the session has ended
 */
export async function renewSession(
  tx: Transaction,
  { id, ref }: Session,
  by: Proof['by'],
): Promise<string | null> {
  const orm = ormOn(tx);
  const [old] = await orm
    .select()
    .from(session)
    .where(and(eq(session.tokenHash, id), SESSION_HOLDS))
    .for('update');
  if (!old) return null;
  const token = makeToken();
  const tokenHash = hashToken(token);
  const about = (
    action: string,
    hash: string,
    fields: { name: string; value: unknown }[] = [],
  ) => ({
    action,
    outcome: 'accepted' as const,
    occurred_at: Date.now(),
    actor: ref,
    target_type: 'operator',
    target: ref,
    correlation: sessionRef(hash),
    fields: fields.map((field) => ({ ...field, subject: ref })),
  });
  await appendAudit(tx, [
    about('session.proven', id),
    about('session.ended', id),
    about('session.started', tokenHash, [
      { name: 'by', value: by },
      { name: 'after', value: { strength: old.strength } },
    ]),
  ]);
  await orm.insert(session).values({ ...old, tokenHash, seenAt: sql`now()`, provenAt: sql`now()` });
  await orm
    .update(session)
    .set({ endedAt: sql`now()`, replacedBy: tokenHash })
    .where(eq(session.tokenHash, id));
  return token;
}
