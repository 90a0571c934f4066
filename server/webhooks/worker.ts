import type { Db } from '#db/client.ts';
import type { Log } from '#server/log.ts';
import { claimDeliveries, type DeliveryClaim } from './claim.ts';
import { type SendOptions, type Sent, sendOnce } from './send.ts';
import { settleDelivery } from './settle.ts';
import { type Sealing, sealedFor, signedHeaders } from './signature.ts';

export interface WebhookWorkerOptions {
  db: Db;
  log: Pick<Log, 'error'>;
  send: SendOptions;
  sealing: Sealing;
  /** Milliseconds between looks at the outbox; 0: only when asked. Default 1,000. */
  pollMs?: number;
}

export interface WebhookWorker {
  /** Claims what is due and sees it through. @returns how many deliveries */
  pass(): Promise<number>;
  /** Claims nothing more and waits for what is in flight. */
  stop(): Promise<void>;
}

const UNREADABLE: Sent = { ok: false, status: null, error: 'secret_unreadable' };
/** Tries at one endpoint at one time. */
const TOGETHER = 5;

/**
 * Sends what the outbox holds. Endpoints don't wait for each other: one that hangs holds up its own
 * messages only.
 */
export function openWebhookWorker(options: WebhookWorkerOptions): WebhookWorker {
  const { db, log, send, sealing, pollMs = 1_000 } = options;
  // Five at a time, twenty of one endpoint, and some to spare.
  const leaseMs = send.timeoutMs * 4 + 20_000;
  const busy = new Map<string, Promise<void>>();
  let claiming: Promise<unknown> = Promise.resolve();

  async function pass(): Promise<number> {
    const claimed = claiming.then(() => claimDeliveries(db.sql, [...busy.keys()], leaseMs));
    claiming = claimed.catch(() => {});
    const claims = await claimed;
    const byEndpoint = Map.groupBy(claims, ({ endpoint }) => endpoint);
    const running = [...byEndpoint].map(([endpoint, theirs]) => {
      const done = sendAll(theirs).finally(() => busy.delete(endpoint));
      busy.set(endpoint, done);
      return done;
    });
    await Promise.all(running);
    return claims.length;
  }

  async function sendAll(claims: readonly DeliveryClaim[]): Promise<void> {
    const waiting = [...claims];
    const lane = async () => {
      for (let claim = waiting.shift(); claim; claim = waiting.shift()) await deliver(claim);
    };
    await Promise.all(Array.from({ length: TOGETHER }, lane));
  }

  async function deliver(claim: DeliveryClaim): Promise<void> {
    try {
      await settleDelivery(db, claim, await attempt(claim));
    } catch (error) {
      log.error({ error }, 'a webhook was not settled; it is due again after its lease');
    }
  }

  async function attempt(claim: DeliveryClaim): Promise<Sent> {
    const { endpoint, type, at, data, message, url } = claim;
    const secrets = claim.secrets.flatMap((one) => sealing.open(one, sealedFor(endpoint)) ?? []);
    // Sealed under another account key: unsigned, it would be refused there, or worse.
    if (secrets.length < claim.secrets.length) return UNREADABLE;
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
    return sendOnce(url, signedHeaders(secrets, message, Date.now(), body), body, send);
  }

  function look(): void {
    pass().catch((error) => log.error({ error }, 'webhooks were not sent'));
  }

  const poll = pollMs > 0 ? setInterval(look, pollMs) : undefined;
  poll?.unref();
  return {
    pass,
    async stop() {
      clearInterval(poll);
      await claiming;
      await Promise.all(busy.values());
    },
  };
}
