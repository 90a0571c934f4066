import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import type {
  DeliveriesPage,
  DeliveryRow,
  EndpointRow,
  EndpointState,
  WebhookType,
} from '#app/domain/platform/view.ts';
import type { Db } from '#db/client.ts';
import { webhookDelivery, webhookEndpoint } from '#db/schema/webhook.ts';
import { maySeePlatform } from '#server/platform/admin.ts';
import type { Actor } from '#server/rooms/actor.ts';

/** Failing for this long is worth an alarm, in milliseconds. */
const ALARMING = 10 * 60_000;
const PAGE = 50;

/** Every endpoint, by name; null for whoever may not see them. */
export async function readEndpoints(db: Db, actor: Actor): Promise<EndpointRow[] | null> {
  if (!(await maySeePlatform(db, actor))) return null;
  const rows = await db.orm
    .select(ENDPOINT)
    .from(webhookEndpoint)
    .where(isNull(webhookEndpoint.deletedAt))
    .orderBy(asc(sql`lower(${webhookEndpoint.name})`), asc(webhookEndpoint.id));
  return rows.map(endpointOf);
}

/**
 * An endpoint's deliveries of the last 30 days, newest first, 50 at a time.
 * @param before id of the delivery to go on from
 * @returns null for whoever may not see them, or without such an endpoint
 */
export async function readDeliveries(
  db: Db,
  actor: Actor,
  endpoint: string,
  before: string | null,
): Promise<DeliveriesPage | null> {
  if (!(await maySeePlatform(db, actor)) || !isUuid(endpoint)) return null;
  const [found] = await db.orm
    .select(ENDPOINT)
    .from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.id, endpoint), isNull(webhookEndpoint.deletedAt)));
  if (!found) return null;
  const { at, id, endpointId } = webhookDelivery;
  const isOlder =
    before !== null && isUuid(before)
      ? sql`(${at}, ${id}) < (select d.at, d.id from webhook_delivery d where d.id = ${before})`
      : undefined;
  const rows = await db.orm
    .select()
    .from(webhookDelivery)
    .where(and(eq(endpointId, endpoint), isOlder))
    .orderBy(desc(at), desc(id))
    .limit(PAGE + 1);
  const shown = rows.slice(0, PAGE);
  const next = rows.length > PAGE ? (shown.at(-1)?.id ?? null) : null;
  return { endpoint: endpointOf(found), deliveries: shown.map(deliveryOf), next };
}

const ENDPOINT = {
  id: webhookEndpoint.id,
  name: webhookEndpoint.name,
  url: webhookEndpoint.url,
  types: webhookEndpoint.types,
  disabledAt: webhookEndpoint.disabledAt,
  disabledWhy: webhookEndpoint.disabledWhy,
  failingSince: webhookEndpoint.failingSince,
  lastDeliveredAt: webhookEndpoint.lastDeliveredAt,
  waiting: sql<number>`(select count(*) from webhook_delivery d
    where d.endpoint_id = ${webhookEndpoint.id} and d.state = 'pending')`,
};

type Found = Pick<
  typeof webhookEndpoint.$inferSelect,
  | 'id'
  | 'name'
  | 'url'
  | 'types'
  | 'disabledAt'
  | 'disabledWhy'
  | 'failingSince'
  | 'lastDeliveredAt'
> & { waiting: number };

function endpointOf({ id, name, url, types, disabledWhy, waiting, ...row }: Found): EndpointRow {
  return {
    id,
    name,
    url,
    types: types as WebhookType[],
    state: stateOf(row.disabledAt, disabledWhy, row.failingSince),
    disabledWhy,
    failingSince: row.failingSince?.toISOString() ?? null,
    lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
    waiting,
  };
}

function stateOf(disabledAt: Date | null, why: string | null, since: Date | null): EndpointState {
  if (disabledAt !== null) return why === 'admin' ? 'off' : 'alert';
  return since !== null && Date.now() - since.getTime() > ALARMING ? 'alert' : 'on';
}

function deliveryOf(row: typeof webhookDelivery.$inferSelect): DeliveryRow {
  const { id, messageId, type, state, attempts, lastStatus, lastError } = row;
  return {
    id,
    messageId,
    type,
    at: row.at.toISOString(),
    state,
    attempts,
    lastStatus,
    lastError,
    lastAttemptAt: row.lastAttemptAt?.toISOString() ?? null,
    nextAttemptAt: state === 'pending' ? row.nextAttemptAt.toISOString() : null,
  };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
