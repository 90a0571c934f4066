import { eq, sql } from 'drizzle-orm';
import type { OperatorRole } from '#app/load-context.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { member } from '#db/schema/member.ts';
import { operator, signInLink } from '#db/schema/operator.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { columnsOf, type Holder, refOf, type SessionLimits, startSession } from './sessions.ts';
import { hashToken, isToken, makeToken } from './token.ts';

interface LinkRow {
  operatorId: string | null;
  memberId: string | null;
  roomId: string | null;
  memberRef: string | null;
}

type Flaw = 'used' | 'expired' | 'disabled';

export interface Redeemed {
  token: string;
  /** Path to begin at. */
  landing: string;
}

/**
 * Writes a one-time link inside the caller's transaction, on the record.
 * @param minutes how long it can be used
 * @param actor audit reference of who gives it
 * @returns its token, of which only the hash is kept
 */
export async function writeLink(
  tx: Transaction,
  holder: Holder,
  minutes: number,
  actor: string,
): Promise<string> {
  const token = makeToken();
  await ormOn(tx)
    .insert(signInLink)
    .values({
      tokenHash: hashToken(token),
      ...columnsOf(holder),
      expiresAt: sql`now() + make_interval(mins => ${minutes})`,
    });
  await appendAudit(tx, [{ ...entryAbout('sign_in_link.created', holder), actor }]);
  return token;
}

/**
 * Trades a one-time link for a session, once, however many try at the same moment.
 * @returns null when it is unknown, used, expired, or its operator disabled; on the record
 */
export async function redeemLink(
  db: Db,
  token: unknown,
  limits: SessionLimits,
): Promise<Redeemed | null> {
  if (!isToken(token)) return null;
  const hash = hashToken(token);
  const redeemed = db.begin(async (tx) => {
    const orm = ormOn(tx);
    // The row's lock lets the second of two wait, and then see that it is used.
    const [row] = await orm
      .select({
        operatorId: signInLink.operatorId,
        memberId: signInLink.memberId,
        roomId: signInLink.roomId,
        memberRef: member.ref,
        roles: operator.roles,
        flaw: FLAW,
      })
      .from(signInLink)
      .leftJoin(operator, eq(operator.id, signInLink.operatorId))
      .leftJoin(member, eq(member.id, signInLink.memberId))
      .where(eq(signInLink.tokenHash, hash))
      .for('update', { of: signInLink });
    const holder = row ? holderOf(row) : null;
    if (!row || !holder || row.flaw !== null) {
      await appendAudit(tx, [failureEntry(holder, row?.flaw ?? 'unknown')]);
      return null;
    }
    await orm.update(signInLink).set({ usedAt: sql`now()` }).where(eq(signInLink.tokenHash, hash));
    const session = await startSession(tx, holder, limits);
    return { token: session, landing: landingOf(holder, row.roles ?? []) };
  });
  return redeemed as Promise<Redeemed | null>;
}

/** Null when the link can be used. */
const FLAW = sql<Flaw | null>`case
  when ${signInLink.usedAt} is not null then 'used'
  when ${signInLink.expiresAt} <= clock_timestamp() then 'expired'
  when ${signInLink.operatorId} is not null
    and (${operator.id} is null or ${operator.disabledAt} is not null) then 'disabled'
end`;

function holderOf({ operatorId, memberId, roomId, memberRef }: LinkRow): Holder | null {
  if (operatorId !== null) return { kind: 'operator', id: operatorId };
  if (memberId === null || roomId === null || memberRef === null) return null;
  return { kind: 'member', id: memberId, ref: memberRef, room: roomId };
}

function landingOf(holder: Holder, roles: readonly OperatorRole[]): string {
  if (holder.kind === 'member') return `/rooms/${holder.room}`;
  return roles.includes('moderator') || roles.includes('lead') ? '/rooms' : '/log';
}

function entryAbout(action: string, holder: Holder): AuditEntry {
  const ref = refOf(holder);
  return {
    action,
    outcome: 'accepted',
    occurred_at: Date.now(),
    actor: ref,
    target_type: holder.kind,
    target: ref,
    ...(holder.kind === 'member' && { room: holder.room }),
  };
}

function failureEntry(holder: Holder | null, why: string): AuditEntry {
  const about = holder
    ? entryAbout('sign_in.failed', holder)
    : { action: 'sign_in.failed', occurred_at: Date.now() };
  // Nobody has proven who they are: the attempt has no author.
  return {
    ...about,
    actor: 'unknown',
    outcome: 'refused',
    fields: [{ name: 'refusal', value: why }],
  };
}
