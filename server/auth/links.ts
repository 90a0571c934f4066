import { and, eq, sql } from 'drizzle-orm';
import type { BrowserFamily } from '#app/domain/access/account.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { member } from '#db/schema/member.ts';
import { operator, signInLink } from '#db/schema/operator.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { hasFactor } from './factors.ts';
import { landingOf } from './landing.ts';
import { sessionRef } from './session-ref.ts';
import { columnsOf, type Holder, refOf, type SessionLimits, startSession } from './sessions.ts';
import { hashToken, isToken, makeToken } from './token.ts';

interface LinkRow {
  operatorId: string | null;
  memberId: string | null;
  roomId: string | null;
  memberRef: string | null;
}

export type LinkPurpose = (typeof signInLink.$inferSelect)['purpose'];
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
 * @param purpose what it opens; default: a session at once
 * @returns its token, of which only the hash is kept
 */
export async function writeLink(
  tx: Transaction,
  holder: Holder,
  minutes: number,
  actor: string,
  purpose: LinkPurpose = 'sign_in',
): Promise<string> {
  const token = makeToken();
  const tokenHash = hashToken(token);
  const expiresAt = sql`date_trunc('milliseconds', now() + make_interval(mins => ${minutes}))`;
  const [made] = await ormOn(tx)
    .insert(signInLink)
    .values({ tokenHash, purpose, ...columnsOf(holder), expiresAt })
    .returning({ until: signInLink.expiresAt });
  await appendAudit(tx, [
    {
      ...entryAbout('sign_in_link.created', holder),
      actor,
      correlation: sessionRef(tokenHash),
      fields: [
        { name: 'after', value: { opens: purpose, valid_until: made?.until.toISOString() } },
      ],
    },
  ]);
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
  browser: BrowserFamily | null = null,
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
      .where(and(eq(signInLink.tokenHash, hash), eq(signInLink.purpose, 'sign_in')))
      .for('update', { of: signInLink });
    const holder = row ? holderOf(row) : null;
    if (!row || !holder || row.flaw !== null) {
      await appendAudit(tx, [failureEntry(holder, row?.flaw ?? 'unknown')]);
      return null;
    }
    await orm.update(signInLink).set({ usedAt: sql`now()` }).where(eq(signInLink.tokenHash, hash));
    const isHalf = holder.kind === 'operator' && (await hasFactor(orm, holder.id));
    const proof = { strength: isHalf ? 'half' : 'single', browser, by: 'link' } as const;
    const session = await startSession(tx, holder, limits, proof);
    return { token: session, landing: landingOf(holder, row.roles ?? [], proof.strength, limits) };
  });
  return redeemed as Promise<Redeemed | null>;
}

/** Null when the link can be used; over a link joined with its operator. */
export const FLAW = sql<Flaw | null>`case
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

/** What goes on the record when somebody isn't let in. */
export function failureEntry(holder: Holder | null, why: string): AuditEntry {
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
