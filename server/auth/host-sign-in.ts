import { createHash } from 'node:crypto';
import type { HostLinkRefusal } from '#app/domain/access/host-link.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { hostLinkUse } from '#db/schema/platform-key.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { withinLimit } from '#server/audit/refusal-limit.ts';
import type { HostClaims, HostTokenRefusal, HostVerifier } from './host-token.ts';
import { type SessionLimits, startSession } from './sessions.ts';

export type HostSignIn =
  | { ok: true; token: string; landing: string }
  | { ok: false; reason: HostLinkRefusal };

/** For the record; more than whoever holds the link is told. */
type Refusal = HostTokenRefusal | 'used' | 'room_closed' | 'not_host';

/** What to tell: nothing of how a signature is judged, and what can be done about the rest. */
const TOLD: Record<Refusal, HostLinkRefusal> = {
  malformed: 'unusable',
  forged: 'unusable',
  wrong_issuer: 'unusable',
  wrong_audience: 'unusable',
  lives_too_long: 'unusable',
  expired: 'expired',
  not_yet_valid: 'early',
  keys_unreachable: 'unavailable',
  used: 'used',
  room_closed: 'room_closed',
  not_host: 'not_host',
};

/**
 * Trades a host link that the platform signed for a session in its one room, once, however many try
 * at the same moment. A link that the room refuses is not used up. On the record either way.
 * @param verify null when no platform signs any
 */
export async function signInHost(
  db: Db,
  verify: HostVerifier | null,
  token: unknown,
  limits: SessionLimits,
): Promise<HostSignIn> {
  if (verify === null) return { ok: false, reason: 'unusable' };
  const verified = await verify(token);
  return db.begin(async (tx): Promise<HostSignIn> => {
    if (!verified.ok) return refused(tx, verified.why, null, null);
    const { claims } = verified;
    const seat = await readSeat(tx, claims);
    if (!seat?.open) return refused(tx, 'room_closed', claims, seat?.ref ?? null);
    if (!seat.hosts || seat.ref === null) return refused(tx, 'not_host', claims, seat.ref);
    if (!(await spend(tx, claims))) return refused(tx, 'used', claims, seat.ref);
    const { room, member: id, role } = claims;
    await appendAudit(tx, [
      { ...entryAbout(claims, seat.ref), outcome: 'accepted', actor: `member:${seat.ref}` },
    ]);
    const holder = { kind: 'member', id, ref: seat.ref, room, role } as const;
    return { ok: true, token: await startSession(tx, holder, limits), landing: `/rooms/${room}` };
  });
}

interface Seat {
  /** Whether the room is live, or its hand-over not read yet. */
  open: boolean;
  /** The member's pseudonym in the log; null when unknown here. */
  ref: string | null;
  /** Whether they are host or moderator there, and not removed. */
  hosts: boolean;
}

/** Null when there is no such room. */
async function readSeat(tx: Transaction, { room, member }: HostClaims): Promise<Seat | null> {
  const [seat] = await tx<Seat[]>`
    select r.status = 'live' or exists (
        select from hand_over h where h.room_id = r.id and h.acknowledged_at is null) as open,
      m.ref, coalesce(p.role in ('host', 'moderator')
        and (p.removed_at is null or p.removed_until <= now()), false) as hosts
    from room r
    left join member m on m.id = ${member}
    left join participant p on p.room_id = r.id and p.member_id = m.id
    where r.id = ${room}`;
  return seat ?? null;
}

/** The primary key lets the second of two wait, and then see that it is used. */
async function spend(tx: Transaction, { issuer, jti, expiresAt }: HostClaims): Promise<boolean> {
  const tokenHash = createHash('sha256').update(`${issuer}\0${jti}`).digest('hex');
  const rows = await ormOn(tx)
    .insert(hostLinkUse)
    .values({ tokenHash, expiresAt: new Date(expiresAt) })
    .onConflictDoNothing()
    .returning({ tokenHash: hostLinkUse.tokenHash });
  return rows.length > 0;
}

async function refused(
  tx: Transaction,
  why: Refusal,
  claims: HostClaims | null,
  ref: string | null,
): Promise<HostSignIn> {
  const entry: AuditEntry = {
    ...(claims ? entryAbout(claims, ref) : { action: 'host.signed_in', occurred_at: Date.now() }),
    outcome: 'refused',
    // Without a link that is theirs, the attempt has no author.
    actor: claims && ref !== null ? `member:${ref}` : 'unknown',
    fields: [{ name: 'refusal', value: why }],
  };
  const recorded = await withinLimit(tx, [entry]);
  if (recorded.length > 0) await appendAudit(tx, recorded);
  return { ok: false, reason: TOLD[why] };
}

function entryAbout({ room, role }: HostClaims, ref: string | null) {
  return {
    action: 'host.signed_in',
    occurred_at: Date.now(),
    target_type: 'member',
    ...(ref !== null && { target: `member:${ref}` }),
    room,
    fields: [{ name: 'after', value: { role } }],
  };
}
