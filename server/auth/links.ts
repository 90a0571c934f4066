import type { Db, Transaction } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { type Holder, refOf, type SessionLimits, startSession } from './sessions.ts';
import { hashToken, isToken, makeToken } from './token.ts';

interface LinkRow {
  operator_id: string | null;
  member_id: string | null;
  room_id: string | null;
  /** Null when it can be used. */
  flaw: 'used' | 'expired' | 'disabled' | null;
  member_ref: string | null;
  roles: string[] | null;
}

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
  const operator = holder.kind === 'operator' ? holder.id : null;
  const [member, room] = holder.kind === 'member' ? [holder.id, holder.room] : [null, null];
  await tx`
    insert into sign_in_link (token_hash, operator_id, member_id, room_id, expires_at)
    values (${hashToken(token)}, ${operator}, ${member}, ${room},
      now() + make_interval(mins => ${minutes}))`;
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
    // The row's lock lets the second of two wait, and then see that it is used.
    const [row] = await tx<LinkRow[]>`
      select l.operator_id, l.member_id, l.room_id, m.ref as member_ref, o.roles,
        case when l.used_at is not null then 'used'
          when l.expires_at <= clock_timestamp() then 'expired'
          when l.operator_id is not null and (o.id is null or o.disabled_at is not null)
            then 'disabled'
        end as flaw
      from sign_in_link l
      left join operator o on o.id = l.operator_id
      left join member m on m.id = l.member_id
      where l.token_hash = ${hash} for update of l`;
    const holder = row ? holderOf(row) : null;
    if (!row || !holder || row.flaw !== null) {
      await appendAudit(tx, [failureEntry(holder, row?.flaw ?? 'unknown')]);
      return null;
    }
    await tx`update sign_in_link set used_at = now() where token_hash = ${hash}`;
    const session = await startSession(tx, holder, limits);
    return { token: session, landing: landingOf(holder, row.roles ?? []) };
  });
  return redeemed as Promise<Redeemed | null>;
}

function holderOf(row: LinkRow): Holder | null {
  if (row.operator_id !== null) return { kind: 'operator', id: row.operator_id };
  if (row.member_id === null || row.room_id === null || row.member_ref === null) return null;
  return { kind: 'member', id: row.member_id, ref: row.member_ref, room: row.room_id };
}

function landingOf(holder: Holder, roles: readonly string[]): string {
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
