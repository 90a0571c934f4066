import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { keyRevocation, keyRotation, newKey } from '#app/domain/platform/commands.ts';
import { type Answered, SCOPES, type Scope } from '#app/domain/platform/view.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { platformKey } from '#db/schema/platform-key.ts';
import { type AuditEntry, type AuditField, appendAudit } from '#server/audit/entry.ts';
import { secretFingerprint } from '#server/audit/secret-fingerprint.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { adminRef } from './admin.ts';
import { makeKeySecret } from './key-secret.ts';
import { invalid } from './refusals.ts';

/** Keys that may hold at one time. */
const MOST_KEYS = 100;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type KeyRecord = typeof platformKey.$inferSelect;
type Made = Answered<{ id: string; secret: string }>;

/**
 * Makes a key of the platform's back end, on the record. Its secret is answered once and kept
 * nowhere.
 * @param input a `newKey`
 */
export async function makeKey(db: Db, actor: Actor, input: unknown): Promise<Made> {
  const parsed = newKey.safeParse(input);
  if (!parsed.success) return invalid(parsed.error);
  const { days, ...asked } = parsed.data;
  return db.begin(async (tx): Promise<Made> => {
    const by = await adminRef(tx, actor, { action: 'platform_key.made' });
    if (by === null) return { ok: false, reason: 'forbidden' };
    // Two at once count each other.
    await tx`select pg_advisory_xact_lock(hashtext('platform_key'))`;
    if ((await ormOn(tx).$count(platformKey, HOLDS)) >= MOST_KEYS) {
      return { ok: false, reason: 'limit_reached' };
    }
    const now = Date.now();
    const expiresAt = days === null ? null : new Date(now + days * DAY);
    const { key, secret } = draftKey({ ...asked, expiresAt }, by, now);
    await appendAudit(tx, [madeEntry(key, by)]);
    await ormOn(tx).insert(platformKey).values(key);
    return { ok: true, id: key.id, secret };
  });
}

/**
 * Makes a key's successor, of the same name, scopes and length of life, on the record; the key
 * itself goes on for the overlap, and never longer than it would have.
 * @param input a `keyRotation`
 */
export async function rotateKey(db: Db, actor: Actor, input: unknown): Promise<Made> {
  const parsed = keyRotation.safeParse(input);
  if (!parsed.success) return invalid(parsed.error);
  const { key: id, overlapHours } = parsed.data;
  const target = `platform:${id}`;
  return db.begin(async (tx): Promise<Made> => {
    const attempt = { action: 'platform_key.rotated', target_type: 'platform_key', target };
    const by = await adminRef(tx, actor, attempt);
    if (by === null) return { ok: false, reason: 'forbidden' };
    const old = await lockKey(tx, id);
    if (!old) return { ok: false, reason: 'not_found' };
    const now = Date.now();
    if (!holds(old, now) || old.replacedBy !== null) return { ok: false, reason: 'ended' };
    const life = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
    const expiresAt = life === null ? null : new Date(now + life);
    const { name, scopes, callsPerMinute } = old;
    const { key, secret } = draftKey({ name, scopes, callsPerMinute, expiresAt }, by, now);
    const overlap = now + overlapHours * HOUR;
    const until = new Date(Math.min(overlap, old.expiresAt?.getTime() ?? overlap));
    const after = { valid_until: until.toISOString(), replaced_by: key.id };
    await appendAudit(tx, [
      entryAbout('platform_key.rotated', id, by, [{ name: 'after', value: after }]),
      { ...madeEntry(key, by), parent: 0 },
    ]);
    const orm = ormOn(tx);
    await orm.insert(platformKey).values(key);
    await orm
      .update(platformKey)
      .set({ expiresAt: until, replacedBy: key.id })
      .where(eq(platformKey.id, id));
    return { ok: true, id: key.id, secret };
  });
}

/**
 * Ends a key for good, on the record: here at once, in other processes within seconds.
 * @param input a `keyRevocation`
 */
export async function revokeKey(db: Db, actor: Actor, input: unknown): Promise<Answered> {
  const parsed = keyRevocation.safeParse(input);
  if (!parsed.success) return invalid(parsed.error);
  const { key: id } = parsed.data;
  const target = `platform:${id}`;
  return db.begin(async (tx): Promise<Answered> => {
    const attempt = { action: 'platform_key.revoked', target_type: 'platform_key', target };
    const by = await adminRef(tx, actor, attempt);
    if (by === null) return { ok: false, reason: 'forbidden' };
    const old = await lockKey(tx, id);
    if (!old) return { ok: false, reason: 'not_found' };
    if (!holds(old, Date.now())) return { ok: false, reason: 'ended' };
    await appendAudit(tx, [entryAbout('platform_key.revoked', id, by, [])]);
    await ormOn(tx)
      .update(platformKey)
      .set({ revokedAt: sql`now()` })
      .where(eq(platformKey.id, id));
    return { ok: true };
  });
}

const HOLDS = and(
  isNull(platformKey.revokedAt),
  or(isNull(platformKey.expiresAt), gt(platformKey.expiresAt, sql`now()`)),
);

function holds({ revokedAt, expiresAt }: KeyRecord, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > now);
}

async function lockKey(tx: Transaction, id: string): Promise<KeyRecord | undefined> {
  const [row] = await ormOn(tx)
    .select()
    .from(platformKey)
    .where(eq(platformKey.id, id))
    .for('update');
  return row;
}

interface Asked {
  name: string;
  scopes: readonly Scope[];
  callsPerMinute: number | null;
  expiresAt: Date | null;
}

function draftKey({ scopes, ...asked }: Asked, createdBy: string, now: number) {
  const { id, secret, hash } = makeKeySecret();
  const key = {
    id,
    secretHash: hash,
    createdBy,
    createdAt: new Date(now),
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    ...asked,
  };
  return { key, secret };
}

function madeEntry(key: ReturnType<typeof draftKey>['key'], by: string): AuditEntry {
  const { name, scopes, callsPerMinute, expiresAt } = key;
  const value = {
    name,
    scopes,
    calls_per_minute: callsPerMinute,
    valid_until: expiresAt?.toISOString() ?? null,
    secret: secretFingerprint(key.secretHash),
  };
  return entryAbout('platform_key.made', key.id, by, [{ name: 'after', value }]);
}

function entryAbout(action: string, id: string, actor: string, fields: AuditField[]): AuditEntry {
  return {
    action,
    outcome: 'accepted',
    occurred_at: Date.now(),
    actor,
    target_type: 'platform_key',
    target: `platform:${id}`,
    fields,
  };
}
