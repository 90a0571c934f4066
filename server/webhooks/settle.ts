import type { Db, Transaction } from '#db/client.ts';
import type { DeliveryClaim } from './claim.ts';
import { disableEndpoint } from './endpoints.ts';
import type { Sent } from './send.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
/** A message is given up when it has been tried for this long. */
const PATIENCE = 24 * HOUR;

/**
 * Milliseconds until the next try: half as long again as it has been tried already, 5 s at least and
 * 4 h at most, give or take a quarter. That is a dozen tries in a day.
 */
export function waitAfter(triedMs: number, random: () => number = Math.random): number {
  const wait = Math.min(4 * HOUR, Math.max(5 * SECOND, triedMs * 1.5));
  return Math.round(wait * (0.75 + random() / 2));
}

/**
 * Writes what became of a try, when the claim is still ours. An endpoint that says it is gone, or
 * that took nothing for as long as a message was tried, is switched off, on the record.
 */
export async function settleDelivery(
  db: Db,
  claim: DeliveryClaim,
  sent: Sent,
  now = Date.now(),
): Promise<void> {
  await db.begin(async (tx) => {
    if (sent.ok) return settleDelivered(tx, claim, sent.status);
    const wait = waitAfter(now - claim.begunAt.getTime());
    const isGone = sent.status === 410;
    const isOver = isGone || now + wait > claim.begunAt.getTime() + PATIENCE;
    const { count } = await tx`
      update webhook_delivery
      set state = ${isOver ? 'failed' : 'pending'}, last_status = ${sent.status},
        last_error = ${sent.error}, claimed_until = null,
        next_attempt_at = clock_timestamp() + make_interval(secs => ${wait / SECOND})
      where id = ${claim.id} and attempts = ${claim.attempt} and state = 'pending'`;
    if (count === 0) return;
    const [endpoint] = await tx<{ took: boolean }[]>`
      update webhook_endpoint
      set failing_since = coalesce(failing_since, clock_timestamp())
      where id = ${claim.endpoint} and disabled_at is null
      returning coalesce(last_delivered_at > ${claim.begunAt.toISOString()}, false) as took`;
    if (!endpoint || !isOver || (endpoint.took && !isGone)) return;
    await disableEndpoint(tx, claim.endpoint, 'system', isGone ? 'gone' : 'failing');
  });
}

async function settleDelivered(
  tx: Transaction,
  { id, attempt, endpoint }: DeliveryClaim,
  status: number,
): Promise<void> {
  await tx`
    update webhook_delivery
    set state = 'delivered', delivered_at = clock_timestamp(), last_status = ${status},
      last_error = null, claimed_until = null
    where id = ${id} and attempts = ${attempt}`;
  await tx`
    update webhook_endpoint set last_delivered_at = clock_timestamp(), failing_since = null
    where id = ${endpoint}`;
}
