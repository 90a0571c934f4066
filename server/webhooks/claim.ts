import type { Sql } from '#db/client.ts';

/** A delivery leased to one worker, with what it takes to send it. */
export interface DeliveryClaim {
  id: string;
  endpoint: string;
  /** Counts claims; whoever holds an older number has been overtaken. */
  attempt: number;
  message: string;
  type: string;
  at: Date;
  data: unknown;
  begunAt: Date;
  url: string;
  /** Sealed. */
  secrets: string[];
}

/** Deliveries of one endpoint claimed together: what follows must not wait for long. */
const EACH = 20;

/**
 * Leases due deliveries, oldest first, of endpoints that nobody here is sending to. Several workers
 * never get the same one, and a lease that runs out makes it due again. Times are the database's.
 */
export async function claimDeliveries(
  sql: Sql,
  busy: readonly string[],
  leaseMs: number,
): Promise<DeliveryClaim[]> {
  return sql<DeliveryClaim[]>`
    update webhook_delivery d
    set attempts = d.attempts + 1, last_attempt_at = clock_timestamp(),
      claimed_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})
    from (
      select due.id, e.url, array_remove(array[e.secret,
          case when e.old_secret_until > clock_timestamp() then e.old_secret end], null) as secrets
      from webhook_endpoint e
      cross join lateral (
        select w.id from webhook_delivery w
        where w.endpoint_id = e.id and w.state = 'pending'
          and w.next_attempt_at <= clock_timestamp()
          and (w.claimed_until is null or w.claimed_until <= clock_timestamp())
        order by w.next_attempt_at limit ${EACH} for update skip locked
      ) due
      where e.disabled_at is null and e.deleted_at is null and e.id <> all(${busy as string[]})
    ) c
    where d.id = c.id
    returning d.id, d.endpoint_id as endpoint, d.attempts as attempt, d.message_id as message,
      d.type, d.at, d.data, d.begun_at as "begunAt", c.url, c.secrets`;
}
