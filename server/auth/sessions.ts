import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { BrowserFamily } from '#app/domain/access/account.ts';
import { needsFactor, type OperatorRole } from '#app/domain/access/capabilities.ts';
import type { Viewer } from '#app/load-context.ts';
import type { Db, Transaction } from '#db/client.ts';
import { type Orm, ormOn } from '#db/orm.ts';
import { member } from '#db/schema/member.ts';
import { operator, session } from '#db/schema/operator.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { sessionRef } from './session-ref.ts';
import { hashToken, makeToken } from './token.ts';

export interface SessionLimits {
  idleMinutes: number;
  maxHours: number;
  /** The same for hosts and room moderators, who come by a link. Default 12. */
  hostHours?: number;
  /** Whether leads and admins work only once they have given a second factor. Default: no. */
  requireFactor?: boolean;
}

/** Someone signed in, as read now; what they may do is read again inside each transaction. */
export interface Session {
  /** The session row's key: names the session without being able to use it. */
  id: string;
  /** Audit reference. */
  ref: string;
  actor: Extract<Actor, { kind: 'operator' | 'member' }>;
  viewer: Viewer;
  /** Whether its holder proved who they are within the last ten minutes; see `requireRecent`. */
  isRecent: boolean;
}

/** The same before it is good for anything but a second factor. */
export interface HeldSession extends Session {
  /** Whether a second factor must be given, or set up, before anything else. */
  isWanting: boolean;
}

/** What a new session rests on. */
export interface Proof {
  strength: (typeof session.$inferSelect)['strength'];
  browser: BrowserFamily | null;
  /** For the record. */
  by: 'link' | 'password' | 'passkey' | 'code' | 'recovery_code' | 'provider';
  /** Whether whoever begins it has just been asked who they are. Default: yes. */
  isFresh?: boolean;
}

/** Whom a session is for. */
export type Holder =
  | { kind: 'operator'; id: string }
  | {
      kind: 'member';
      id: string;
      ref: string;
      room: string;
      /** The most they may be in the room; default: whatever they are there. */
      role?: 'host' | 'moderator';
    };

interface SessionRow {
  tokenHash: string;
  operatorId: string | null;
  memberId: string | null;
  roomId: string | null;
  operatorName: string | null;
  roles: OperatorRole[] | null;
  strength: Proof['strength'];
  isRecent: boolean;
  memberName: string | null;
  memberRef: string | null;
  role: 'host' | 'moderator' | null;
}

/**
 * Who a session token belongs to, or null when it is unknown, expired, ended, wants a second factor,
 * or its operator is disabled. Notes at most once a minute that it was used, which moves its idle
 * limit.
 */
export async function readSession(
  db: Db,
  token: string | null,
  limits: SessionLimits,
): Promise<Session | null> {
  const held = await readHeldSession(db, token, limits);
  return held === null || held.isWanting ? null : held;
}

/** The same, also while a second factor is wanting: for the screens that ask for it. */
export async function readHeldSession(
  db: Db,
  token: string | null,
  limits: SessionLimits,
): Promise<HeldSession | null> {
  if (token === null) return null;
  const hash = hashToken(token);
  const [row] = await db.orm
    .select({
      tokenHash: session.tokenHash,
      operatorId: session.operatorId,
      memberId: session.memberId,
      roomId: session.roomId,
      role: session.role,
      stale: UNSEEN,
      strength: session.strength,
      isRecent: RECENT,
      operatorName: operator.name,
      roles: operator.roles,
      memberName: member.name,
      memberRef: member.ref,
    })
    .from(session)
    .leftJoin(operator, and(eq(operator.id, session.operatorId), isNull(operator.disabledAt)))
    .leftJoin(member, eq(member.id, session.memberId))
    .where(and(eq(session.tokenHash, hash), SESSION_HOLDS));
  const found = row ? sessionOf(row, limits) : null;
  // Whoever owes a second factor has the time it began with, and no more.
  if (row?.stale && found && !found.isWanting) await touch(db, hash, found.actor.kind, limits);
  return found;
}

/** Neither ended nor expired. */
export const SESSION_HOLDS = and(isNull(session.endedAt), gt(session.expiresAt, sql`now()`));

/** Whether a session still holds; it does until the caller's transaction ends. */
export async function holdSession(tx: Transaction, { id }: Pick<Session, 'id'>): Promise<boolean> {
  const rows = await ormOn(tx)
    .select({ id: session.tokenHash })
    .from(session)
    .where(and(eq(session.tokenHash, id), SESSION_HOLDS))
    .for('update');
  return rows.length === 1;
}

const RECENT = sql<boolean>`${session.provenAt} > now() - interval '10 minutes'`;
// A crash may forget that a session was used; a request needn't wait for the disk to remember it.
const NO_WAIT = sql<boolean>`set_config('synchronous_commit', 'off', true) is not null`;
const UNSEEN = sql<boolean>`${session.seenAt} < now() - interval '1 minute'`;

async function touch(db: Db, hash: string, kind: Holder['kind'], limits: SessionLimits) {
  const { idleMinutes } = limits;
  const maxHours = longestOf(kind, limits);
  await db.orm
    .update(session)
    .set({
      seenAt: sql`now()`,
      expiresAt: sql`least(now() + make_interval(mins => ${idleMinutes}),
        ${session.createdAt} + make_interval(hours => ${maxHours}))`,
    })
    .where(and(eq(session.tokenHash, hash), SESSION_HOLDS, UNSEEN, NO_WAIT));
}

/** Hours after which a session ends, however busy. */
export function longestOf(
  kind: Holder['kind'],
  { maxHours, hostHours = 12 }: SessionLimits,
): number {
  return kind === 'operator' ? maxHours : Math.min(maxHours, hostHours);
}

function sessionOf(row: SessionRow, limits: SessionLimits): HeldSession | null {
  const { tokenHash: id, isRecent } = row;
  if (row.operatorId !== null && row.operatorName !== null) {
    const roles = row.roles ?? [];
    return {
      id,
      ref: `operator:${row.operatorId}`,
      actor: { kind: 'operator', id: row.operatorId },
      viewer: { kind: 'operator', name: row.operatorName, roles, room: null },
      isRecent,
      isWanting: isWanting(row.strength, roles, limits),
    };
  }
  if (row.memberId !== null && row.roomId !== null && row.memberName !== null) {
    return {
      id,
      ref: `member:${row.memberRef}`,
      actor: {
        kind: 'member',
        id: row.memberId,
        room: row.roomId,
        ...(row.role !== null && { role: row.role }),
      },
      viewer: { kind: 'host', name: row.memberName, roles: [], room: row.roomId },
      isRecent,
      isWanting: false,
    };
  }
  return null;
}

/** Whether whoever proved this much, and has these roles, owes a second factor. */
export function isWanting(
  strength: Proof['strength'],
  roles: readonly OperatorRole[],
  { requireFactor = false }: SessionLimits,
): boolean {
  if (strength === 'half') return true;
  return requireFactor && strength === 'single' && needsFactor(roles);
}

/** What someone has to find their second factor. */
const HALF_MINUTES = 15;
const BY_LINK: Proof = { strength: 'single', browser: null, by: 'link' };

/** Starts a session inside the caller's transaction. @returns its token, which is not kept */
export async function startSession(
  tx: Transaction,
  holder: Holder,
  limits: SessionLimits,
  { strength, browser, by, isFresh = true }: Proof = BY_LINK,
): Promise<string> {
  const token = makeToken();
  const hash = hashToken(token);
  const longest = strength === 'half' ? HALF_MINUTES : longestOf(holder.kind, limits) * 60;
  const minutes = Math.min(limits.idleMinutes, longest);
  await ormOn(tx)
    .insert(session)
    .values({
      tokenHash: hash,
      ...columnsOf(holder),
      ...(holder.kind === 'member' && { role: holder.role }),
      strength,
      browser,
      ...(!isFresh && { provenAt: new Date(0) }),
      expiresAt: sql`now() + make_interval(mins => ${minutes})`,
    });
  const subject = refOf(holder);
  const fields = [
    { name: 'by', value: by, subject },
    { name: 'after', value: { strength }, subject },
  ];
  await appendAudit(tx, [{ ...sessionEntry('session.started', holder, hash), fields }]);
  return token;
}

/** Ends a session, on the record; a token that names none changes nothing. */
export async function endSession(db: Db, token: string | null): Promise<void> {
  if (token !== null) await db.begin((tx) => endSessionIn(tx, token));
}

/** The same inside the caller's transaction. */
export async function endSessionIn(tx: Transaction, token: string | null): Promise<void> {
  if (token === null) return;
  const orm = ormOn(tx);
  const [row] = await orm
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(and(eq(session.tokenHash, hashToken(token)), isNull(session.endedAt)))
    .returning();
  if (!row) return;
  const holder = await readHolder(orm, row);
  await appendAudit(tx, [sessionEntry('session.ended', holder, row.tokenHash)]);
}

async function readHolder(
  orm: Orm,
  { operatorId, memberId, roomId }: typeof session.$inferSelect,
): Promise<Holder> {
  if (operatorId !== null) return { kind: 'operator', id: operatorId };
  const id = memberId ?? '';
  const [known] = await orm.select({ ref: member.ref }).from(member).where(eq(member.id, id));
  return { kind: 'member', id, ref: known?.ref ?? '', room: roomId ?? '' };
}

/** Whom a session or link is for, as columns. */
export function columnsOf(holder: Holder) {
  return holder.kind === 'operator'
    ? { operatorId: holder.id }
    : { memberId: holder.id, roomId: holder.room };
}

/** Audit reference of a holder. */
export function refOf(holder: Holder): string {
  return holder.kind === 'operator' ? `operator:${holder.id}` : `member:${holder.ref}`;
}

function sessionEntry(action: string, holder: Holder, hash: string) {
  const ref = refOf(holder);
  return {
    action,
    outcome: 'accepted' as const,
    occurred_at: Date.now(),
    actor: ref,
    target_type: holder.kind,
    target: ref,
    correlation: sessionRef(hash),
    ...(holder.kind === 'member' && { room: holder.room }),
  };
}
