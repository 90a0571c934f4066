import { and, desc, eq, ne, sql } from 'drizzle-orm';
import { BROWSERS, type BrowserFamily, type SessionInfo } from '#app/domain/access/account.ts';
import { rolesCan } from '#app/domain/access/capabilities.ts';
import type { Transaction } from '#db/client.ts';
import { isAnyOf, type Orm, ormOn } from '#db/orm.ts';
import { operator, session } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { type Accounts, allOrNothing, lockAccount, refuse } from './accounts.ts';
import { sessionRef } from './session-ref.ts';
import { SESSION_HOLDS, type Session } from './sessions.ts';

/** Proofs given since a list of sessions was read: nobody gives more in the time. */
const MOST_HOPS = 1_000;

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
    const row = await lockNewest(orm, id);
    const isOwn = row?.operatorId === asker.actor.id && asker.actor.kind === 'operator';
    if (!isOwn && !(await mayEndAnyones(orm, asker))) return refuse('forbidden');
    if (!row?.operatorId) return refuse('not_found');
    await endRows(tx, asker, row.operatorId, [row.id]);
    return { ok: true, ended: row.id } as const;
  });
  if (!answer.ok) return answer;
  for (const each of new Set([id, answer.ended])) accounts.endSockets(each);
  return { ok: true } as const;
}

/**
 * Locks the session that has taken over from one by now, or that one: a list that was read a moment
 * ago must not let it get away. Undefined when it holds no more.
 */
async function lockNewest(orm: Orm, id: string) {
  let at = id;
  for (let hops = 0; hops < MOST_HOPS; hops++) {
    const [row]: LockedSession[] = await orm
      .select({
        id: session.tokenHash,
        operatorId: session.operatorId,
        replacedBy: session.replacedBy,
        holds: sql<boolean>`${SESSION_HOLDS}`,
      })
      .from(session)
      .where(eq(session.tokenHash, at))
      .for('update');
    if (!row || row.replacedBy === null) return row?.holds ? row : undefined;
    at = row.replacedBy;
  }
  return undefined;
}

interface LockedSession {
  id: string;
  operatorId: string | null;
  replacedBy: string | null;
  holds: boolean;
}

/** Ends all of an operator's own sessions but the one they ask from. */
export async function endOtherSessions(accounts: Accounts, asker: Session): Promise<void> {
  const ended = await accounts.db.begin((tx) => endOthersIn(tx, asker));
  for (const id of ended) accounts.endSockets(id);
}

/** The same inside a transaction. @returns whose sockets are to be closed after it */
export async function endOthersIn(tx: Transaction, asker: Session): Promise<string[]> {
  await lockAccount(tx, asker.actor.id);
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
