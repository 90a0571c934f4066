import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import type { WebhookType } from '#app/domain/platform/view.ts';
import { openAccountKey } from '#server/auth/account-key.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { changeEndpoint, makeEndpoint } from '#server/webhooks/endpoints.ts';
import { readDeliveries, readEndpoints } from '#server/webhooks/read-endpoints.ts';
import { openWebhookWorker } from '#server/webhooks/worker.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useReceiver } from '#test/support/webhook-receiver.ts';

/** Endpoints, a receiver and a worker on a database of their own, for all tests of the file. */
export function useWebhooks() {
  const base = useDatabase();
  const receiver = useReceiver();
  const OWNER: Actor = { kind: 'system' };
  const sealing = openAccountKey('k'.repeat(40));
  const loose = { strict: false, sealing };
  const worker = (timeoutMs = 2_000) =>
    openWebhookWorker({
      db: base.db,
      log: { error: (fields: unknown) => expect.unreachable(String(fields)) } as never,
      send: { strict: false, timeoutMs },
      sealing,
      pollMs: 0,
    });

  /** An endpoint of its own, switched off after the test so that others stay alone. */
  async function endpoint(types: WebhookType[], url = receiver.url) {
    const made = await makeEndpoint(base.db, OWNER, { name: 'App', url, types }, loose);
    if (!made.ok) throw new Error(`${made.reason} ${made.field}`);
    onTestFinished(async () => {
      await changeEndpoint(base.db, OWNER, { change: 'delete', endpoint: made.id }, loose);
    });
    return made;
  }

  const deliveriesOf = async (id: string) =>
    (await readDeliveries(base.db, OWNER, id, null))?.deliveries ?? [];
  const endpointOf = async (id: string) =>
    (await readEndpoints(base.db, OWNER))?.find((row) => row.id === id);
  const actionsAbout = async (id: string) => {
    const rows = await base.db.sql<{ action: string }[]>`
      select action from audit.event
      where target_ref = ${`webhook:${id}`} and outcome = 'accepted' order by event_id`;
    return rows.map(({ action }) => action);
  };
  const saysOf = (at = 0) => JSON.parse(receiver.received[at]?.body ?? 'null');
  /** Makes what waits due, as time would. */
  const hasten = (id: string, begunHoursAgo = 0) =>
    asOwner(
      base,
      (sql) => sql`
        update webhook_delivery set next_attempt_at = now() - interval '1 second', claimed_until = null,
          begun_at = begun_at - make_interval(hours => ${begunHoursAgo})
        where endpoint_id = ${id} and state = 'pending'`,
    );

  const headersOf = (at = 0): IncomingHttpHeaders => receiver.received[at]?.headers ?? {};

  function isSignedBy(secret: string, at = 0): boolean {
    const headers = headersOf(at);
    const body = receiver.received[at]?.body;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const right = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    return String(headers['webhook-signature']).split(' ').includes(right);
  }

  return {
    base,
    receiver,
    OWNER,
    sealing,
    loose,
    worker,
    endpoint,
    deliveriesOf,
    endpointOf,
    actionsAbout,
    saysOf,
    hasten,
    headersOf,
    isSignedBy,
  };
}
