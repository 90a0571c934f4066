import { Gauge, type Registry } from 'prom-client';
import type { Sql } from '#db/client.ts';

/** Adds what an alarm needs to know of webhooks. */
export function addWebhookGauges(registry: Registry, sql: Sql): void {
  const add = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  add(
    'rostrum_webhooks_alerting',
    'Webhook endpoints that have failed for ten minutes or were switched off for it.',
    async () => {
      const [row] = await sql<{ count: number }[]>`
        select count(*) as count from webhook_endpoint
        where deleted_at is null and (disabled_why in ('failing', 'gone')
          or disabled_at is null and failing_since < now() - interval '10 minutes')`;
      return row?.count ?? 0;
    },
  );
  add(
    'rostrum_webhook_oldest_seconds',
    'Age of the oldest webhook message that is due or waits for its next try.',
    async () => {
      const [row] = await sql<{ age: number }[]>`
        select coalesce(extract(epoch from now() - min(begun_at)), 0)::float8 as age
        from webhook_delivery where state = 'pending'`;
      return row?.age ?? 0;
    },
  );
}
