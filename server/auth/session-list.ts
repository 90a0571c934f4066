import { and, desc, eq, ne } from 'drizzle-orm';
import { BROWSERS, type BrowserFamily, type SessionInfo } from '#app/domain/access/account.ts';
import { rolesCan } from '#app/domain/access/capabilities.ts';
import type { Transaction } from '#db/client.ts';
import { isAnyOf, type Orm, ormOn } from '#db/orm.ts';
import { operator, session } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { type Accounts, allOrNothing, refuse } from './accounts.ts';
import { sessionRef } from './session-ref.ts';
import { SESSION_HOLDS, type Session } from './sessions.ts';

/** Sessions of operators that hold now, last used first. @param own the id of the asker's session */
export async function listSessions(
  orm: Orm,
  operators: readonly string[],
  own: string,
): Promise<(SessionInfo & { operatorId: string })[]> {
  const rows = await orm
    .select({
      id: session.tokenHash,
      operatorId: session.operatorId,
      browser: session.browser,
      createdAt: session.createdAt,
      seenAt: session.seenAt,
    })
    .from(session)
    .where(and(isAnyOf(session.operatorId, operators), SESSION_HOLDS))
    .orderBy(desc(session.seenAt));
  return rows.map(({ id, operatorId, browser, createdAt, seenAt }) => ({
    id,
    operatorId: operatorId ?? '',
    browser: BROWSERS.includes(browser as BrowserFamily) ? (browser as BrowserFamily) : 'other',
    startedAt: createdAt.toISOString(),
    seenAt: seenAt.toISOString(),
    isThisOne: id === own,
  }));
}

/** Ends an operator's session: one's own, or anyone's with the capability; its sockets close at once. */
export async function endSessionById(accounts: Accounts, asker: Session, id: string) {
  const answer = await allOrNothing(accounts.db, async (tx) => {
    const orm = ormOn(tx);
    const [row] = await orm
      .select({ operatorId: session.operatorId })
      .from(session)
      .where(and(eq(session.tokenHash, id), SESSION_HOLDS))
      .for('update');
    const isOwn = row?.operatorId === asker.actor.id && asker.actor.kind === 'operator';
    if (!isOwn && !(await mayEndAnyones(orm, asker))) return refuse('forbidden');
    if (!row?.operatorId) return refuse('not_found');
    await endRows(tx, asker, row.operatorId, [id]);
    return { ok: true } as const;
  });
  if (answer.ok) accounts.endSockets(id);
  return answer;
}

/** Ends all of an operator's own sessions but the one they ask from. */
export async function endOtherSessions(accounts: Accounts, asker: Session): Promise<void> {
  const ended = await accounts.db.begin((tx) => endOthersIn(tx, asker));
  for (const id of ended) accounts.endSockets(id);
}

/** The same inside a transaction. @returns whose sockets are to be closed after it */
export async function endOthersIn(tx: Transaction, asker: Session): Promise<string[]> {
  const others = await ormOn(tx)
    .select({ id: session.tokenHash })
    .from(session)
    .where(
      and(eq(session.operatorId, asker.actor.id), ne(session.tokenHash, asker.id), SESSION_HOLDS),
    )
    .for('update');
  const ids = others.map(({ id }) => id);
  await endRows(tx, asker, asker.actor.id, ids);
  return ids;
}

async function mayEndAnyones(orm: Orm, { actor }: Session): Promise<boolean> {
  if (actor.kind !== 'operator') return false;
  const [row] = await orm
    .select({ roles: operator.roles, disabledAt: operator.disabledAt })
    .from(operator)
    .where(eq(operator.id, actor.id));
  return row !== undefined && row.disabledAt === null && rolesCan(row.roles, 'sessions.end');
}

async function endRows(tx: Transaction, { ref }: Session, operatorId: string, ids: string[]) {
  if (ids.length === 0) return;
  await appendAudit(
    tx,
    ids.map((id) => ({
      action: 'session.ended',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: ref,
      target_type: 'operator',
      target: `operator:${operatorId}`,
      correlation: sessionRef(id),
    })),
  );
  await tx`update session set ended_at = now() where token_hash = any(${ids})`;
}
