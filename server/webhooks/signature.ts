import { createHmac, randomBytes } from 'node:crypto';
import type { AccountKey } from '#server/auth/account-key.ts';

const PREFIX = 'whsec_';

/** What keeps secrets in the database unreadable without the server's own key. */
export type Sealing = Pick<AccountKey, 'seal' | 'open'>;

/** What a sealed secret is bound to, so that it opens for its own endpoint only. */
export const sealedFor = (endpoint: string) => `webhook secret of ${endpoint}`;

/** A new secret of 256 random bits, written as the Standard Webhooks specification has it. */
export function makeWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/**
 * The headers of a message, by the Standard Webhooks specification: version 1, HMAC-SHA256 over
 * `id.timestamp.body`.
 * @param secrets each signs; two while one takes over from the other
 * @param at milliseconds since the epoch, of this very try
 */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
