import type { OperatorRole, Viewer } from '#app/load-context.ts';
import type { Db, Transaction } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { hashToken, makeToken } from './token.ts';

export interface SessionLimits {
  idleMinutes: number;
  maxHours: number;
}

/** Someone signed in, as read now; what they may do is read again inside each transaction. */
export interface Session {
  /** The session row's key: names the session without being able to use it. */
  id: string;
  /** Audit reference. */
  ref: string;
  actor: Extract<Actor, { kind: 'operator' | 'member' }>;
  viewer: Viewer;
}

/** Whom a session is for. */
export type Holder =
  | { kind: 'operator'; id: string }
  | { kind: 'member'; id: string; ref: string; room: string };

interface SessionRow {
  token_hash: string;
  operator_id: string | null;
  member_id: string | null;
  room_id: string | null;
  stale: boolean;
  operator_name: string | null;
  roles: OperatorRole[] | null;
  member_name: string | null;
  member_ref: string | null;
}

/**
 * Who a session token belongs to, or null when it is unknown, expired, ended, or its operator is
 * disabled. Notes at most once a minute that it was used, which moves its idle limit.
 */
export async function readSession(
  db: Db,
  token: string | null,
  limits: SessionLimits,
): Promise<Session | null> {
  if (token === null) return null;
  const hash = hashToken(token);
  const [row] = await db.sql<SessionRow[]>`
    select s.token_hash, s.operator_id, s.member_id, s.room_id,
      s.seen_at < now() - interval '1 minute' as stale,
      o.name as operator_name, o.roles, m.name as member_name, m.ref as member_ref
    from session s
    left join operator o on o.id = s.operator_id and o.disabled_at is null
    left join member m on m.id = s.member_id
    where s.token_hash = ${hash} and s.ended_at is null and s.expires_at > now()`;
  const session = row ? sessionOf(row) : null;
  if (row?.stale && session) await touch(db, hash, limits);
  return session;
}

async function touch(db: Db, hash: string, { idleMinutes, maxHours }: SessionLimits) {
  await db.sql`
    update session set seen_at = now(),
      expires_at = least(now() + make_interval(mins => ${idleMinutes}),
        created_at + make_interval(hours => ${maxHours}))
    where token_hash = ${hash} and ended_at is null and expires_at > now()
      and seen_at < now() - interval '1 minute'`;
}

function sessionOf(row: SessionRow): Session | null {
  const id = row.token_hash;
  if (row.operator_id !== null && row.operator_name !== null) {
    return {
      id,
      ref: `operator:${row.operator_id}`,
      actor: { kind: 'operator', id: row.operator_id },
      viewer: { kind: 'operator', name: row.operator_name, roles: row.roles ?? [], room: null },
    };
  }
  if (row.member_id !== null && row.room_id !== null && row.member_name !== null) {
    return {
      id,
      ref: `member:${row.member_ref}`,
      actor: { kind: 'member', id: row.member_id, room: row.room_id },
      viewer: { kind: 'host', name: row.member_name, roles: [], room: row.room_id },
    };
  }
  return null;
}

/** Starts a session inside the caller's transaction. @returns its token, which is not kept */
export async function startSession(
  tx: Transaction,
  holder: Holder,
  { idleMinutes, maxHours }: SessionLimits,
): Promise<string> {
  const token = makeToken();
  const minutes = Math.min(idleMinutes, maxHours * 60);
  const operator = holder.kind === 'operator' ? holder.id : null;
  const [member, room] = holder.kind === 'member' ? [holder.id, holder.room] : [null, null];
  await tx`
    insert into session (token_hash, operator_id, member_id, room_id, expires_at)
    values (${hashToken(token)}, ${operator}, ${member}, ${room},
      now() + make_interval(mins => ${minutes}))`;
  await appendAudit(tx, [sessionEntry('session.started', holder)]);
  return token;
}

/** Ends a session, on the record; a token that names none changes nothing. */
export async function endSession(db: Db, token: string | null): Promise<void> {
  if (token === null) return;
  await db.begin(async (tx) => {
    const [row] = await tx<
      { operator: string | null; member: string | null; room: string; ref: string }[]
    >`
      update session s set ended_at = now() where token_hash = ${hashToken(token)}
        and ended_at is null
      returning operator_id as operator, member_id as member, room_id as room,
        (select m.ref from member m where m.id = s.member_id) as ref`;
    if (!row) return;
    const { operator, member, room, ref } = row;
    const holder: Holder =
      operator !== null
        ? { kind: 'operator', id: operator }
        : { kind: 'member', id: member ?? '', ref, room };
    await appendAudit(tx, [sessionEntry('session.ended', holder)]);
  });
}

/** Audit reference of a holder. */
export function refOf(holder: Holder): string {
  return holder.kind === 'operator' ? `operator:${holder.id}` : `member:${holder.ref}`;
}

function sessionEntry(action: string, holder: Holder) {
  const ref = refOf(holder);
  return {
    action,
    outcome: 'accepted' as const,
    occurred_at: Date.now(),
    actor: ref,
    target_type: holder.kind,
    target: ref,
    ...(holder.kind === 'member' && { room: holder.room }),
  };
}
