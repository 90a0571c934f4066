import { randomUUID } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { type EndpointChange, endpointChange, newEndpoint } from '#app/domain/platform/commands.ts';
import { type Answered, WEBHOOK_TYPES } from '#app/domain/platform/view.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { webhookDelivery, webhookEndpoint } from '#db/schema/webhook.ts';
import { type AuditField, appendAudit } from '#server/audit/entry.ts';
import { secretFingerprint } from '#server/audit/secret-fingerprint.ts';
import { adminRef } from '#server/platform/admin.ts';
import { invalid } from '#server/platform/refusals.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { flawOfUrl } from './send.ts';
import { makeWebhookSecret, type Sealing, sealedFor } from './signature.ts';

/** Endpoints at one time. */
const MOST_ENDPOINTS = 20;

export interface EndpointOptions {
  /** Only https to the public internet; names are resolved when something is sent. */
  strict: boolean;
  sealing: Sealing;
}

type Made = Answered<{ id: string; secret: string }>;
type EndpointRecord = typeof webhookEndpoint.$inferSelect;
type Why = NonNullable<EndpointRecord['disabledWhy']>;

/**
 * Adds an address that is told of what it wants to hear, on the record.
 * @param input a `newEndpoint`
 * @returns the secret that signs what it is sent, this once
 */
export async function makeEndpoint(
  db: Db,
  actor: Actor,
  input: unknown,
  { strict, sealing }: EndpointOptions,
): Promise<Made> {
  const parsed = newEndpoint.safeParse(input);
  if (!parsed.success) return invalid(parsed.error);
  const { name, url } = parsed.data;
  if (flawOfUrl(url, strict) !== null) return { ok: false, reason: 'invalid', field: 'url' };
  const types = WEBHOOK_TYPES.filter((type) => parsed.data.types.includes(type));
  return db.begin(async (tx): Promise<Made> => {
    const by = await adminRef(tx, actor, { action: 'webhook.made' });
    if (by === null) return { ok: false, reason: 'forbidden' };
    await tx`select pg_advisory_xact_lock(hashtext('webhook_endpoint'))`;
    const there = isNull(webhookEndpoint.deletedAt);
    if ((await ormOn(tx).$count(webhookEndpoint, there)) >= MOST_ENDPOINTS) {
      return { ok: false, reason: 'limit_reached' };
    }
    const [id, secret] = [randomUUID(), makeWebhookSecret()];
    const sealed = sealing.seal(secret, sealedFor(id));
    const value = { name, url, types, secret: secretFingerprint(sealed) };
    await note(tx, 'webhook.made', id, by, [{ name: 'after', value }]);
    const made = { id, name, url, types, secret: sealed, createdBy: by };
    await ormOn(tx).insert(webhookEndpoint).values(made);
    return { ok: true, id, secret };
  });
}

const ACTIONS: Record<EndpointChange['change'], string> = {
  rotate: 'webhook.secret_rotated',
  disable: 'webhook.disabled',
  enable: 'webhook.enabled',
  delete: 'webhook.deleted',
  replay: 'webhook.replayed',
};

/**
 * Changes an endpoint, or sends it once more what it was sent, on the record.
 * @param input an `endpointChange`
 * @returns with `rotate` the new secret, this once; the old one goes on signing for the overlap
 */
export async function changeEndpoint(
  db: Db,
  actor: Actor,
  input: unknown,
  { sealing }: Pick<EndpointOptions, 'sealing'>,
): Promise<Answered<{ secret?: string }>> {
  const parsed = endpointChange.safeParse(input);
  if (!parsed.success) return invalid(parsed.error);
  const asked = parsed.data;
  const action = ACTIONS[asked.change];
  const target = `webhook:${asked.endpoint}`;
  return db.begin(async (tx): Promise<Answered<{ secret?: string }>> => {
    const by = await adminRef(tx, actor, { action, target_type: 'webhook', target });
    if (by === null) return { ok: false, reason: 'forbidden' };
    const [row] = await ormOn(tx)
      .select()
      .from(webhookEndpoint)
      .where(and(eq(webhookEndpoint.id, asked.endpoint), isNull(webhookEndpoint.deletedAt)))
      .for('update');
    if (!row) return { ok: false, reason: 'not_found' };
    switch (asked.change) {
      case 'rotate':
        return rotate(tx, row, by, asked.overlapHours, sealing);
      case 'disable':
        if (row.disabledAt !== null) return { ok: false, reason: 'ended' };
        await disableEndpoint(tx, row.id, by, 'admin');
        return { ok: true };
      case 'enable':
        return enable(tx, row, by);
      case 'delete':
        return remove(tx, row, by);
      case 'replay':
        return replay(tx, row, by, asked.delivery);
    }
  });
}

/** Sends an endpoint nothing more, on the record; what waits for it has failed. */
export async function disableEndpoint(
  tx: Transaction,
  id: string,
  by: string,
  why: Why,
): Promise<void> {
  await note(tx, 'webhook.disabled', id, by, [{ name: 'reason', value: why }]);
  await set(tx, id, { disabledAt: sql`now()`, disabledWhy: why });
  await tx`
    update webhook_delivery
    set state = 'failed', last_error = coalesce(last_error, 'disabled'), claimed_until = null
    where endpoint_id = ${id} and state = 'pending'`;
}

async function rotate(
  tx: Transaction,
  { id, secret: oldSecret }: EndpointRecord,
  by: string,
  overlapHours: number,
  sealing: Sealing,
): Promise<Answered<{ secret: string }>> {
  const secret = makeWebhookSecret();
  const until = new Date(Date.now() + overlapHours * 3_600_000);
  const sealed = sealing.seal(secret, sealedFor(id));
  await note(tx, 'webhook.secret_rotated', id, by, [
    { name: 'before', value: { valid_until: until.toISOString() } },
    { name: 'after', value: { secret: secretFingerprint(sealed) } },
  ]);
  await set(tx, id, { secret: sealed, oldSecret, oldSecretUntil: until });
  return { ok: true, secret };
}

async function enable(tx: Transaction, row: EndpointRecord, by: string): Promise<Answered> {
  if (row.disabledAt === null) return { ok: false, reason: 'ended' };
  await note(tx, 'webhook.enabled', row.id, by, []);
  await set(tx, row.id, { disabledAt: null, disabledWhy: null, failingSince: null });
  return { ok: true };
}

async function remove(tx: Transaction, row: EndpointRecord, by: string): Promise<Answered> {
  if (row.disabledAt === null) await disableEndpoint(tx, row.id, by, 'admin');
  const { name, url, types } = row;
  await note(tx, 'webhook.deleted', row.id, by, [{ name: 'before', value: { name, url, types } }]);
  // Its deliveries stay readable; nothing can be signed for it any more.
  const gone = { secret: '', oldSecret: null, oldSecretUntil: null };
  await set(tx, row.id, { deletedAt: sql`now()`, ...gone });
  return { ok: true };
}

async function replay(
  tx: Transaction,
  row: EndpointRecord,
  by: string,
  delivery: string,
): Promise<Answered> {
  if (row.disabledAt !== null) return { ok: false, reason: 'ended' };
  const again = await ormOn(tx)
    .update(webhookDelivery)
    .set({ state: 'pending', begunAt: sql`now()`, nextAttemptAt: sql`now()`, claimedUntil: null })
    .where(
      and(
        eq(webhookDelivery.id, delivery),
        eq(webhookDelivery.endpointId, row.id),
        sql`${webhookDelivery.state} <> 'pending'`,
      ),
    )
    .returning({ messageId: webhookDelivery.messageId });
  const [sent] = again;
  if (!sent) return { ok: false, reason: 'not_found' };
  const value = { message: sent.messageId };
  await note(tx, 'webhook.replayed', row.id, by, [{ name: 'after', value }]);
  return { ok: true };
}

async function set(
  tx: Transaction,
  id: string,
  values: Parameters<ReturnType<ReturnType<typeof ormOn>['update']>['set']>[0],
): Promise<void> {
  await ormOn(tx).update(webhookEndpoint).set(values).where(eq(webhookEndpoint.id, id));
}

async function note(
  tx: Transaction,
  action: string,
  id: string,
  actor: string,
  fields: AuditField[],
): Promise<void> {
  await appendAudit(tx, [
    {
      action,
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor,
      target_type: 'webhook',
      target: `webhook:${id}`,
      fields,
    },
  ]);
}
