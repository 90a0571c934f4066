import type { PlatformContext } from '#app/domain/platform/context.ts';
import { SCOPES } from '#app/domain/platform/view.ts';
import type { Db } from '#db/client.ts';
import type { Session } from '#server/auth/sessions.ts';
import type { PlatformKey } from '#server/config/keys.ts';
import { makeKey, revokeKey, rotateKey } from '#server/platform/keys.ts';
import { readKeys } from '#server/platform/read-keys.ts';
import { changeEndpoint, makeEndpoint } from '#server/webhooks/endpoints.ts';
import { readDeliveries, readEndpoints } from '#server/webhooks/read-endpoints.ts';

export interface PlatformOptions {
  /** Keys of the configuration. */
  configured: readonly PlatformKey[];
  /** Calls a minute of a key without a limit of its own. */
  usualCalls: number;
  /** Whether webhooks go by https to the public internet only. */
  strict: boolean;
  /** Told when a key was changed. */
  keysChanged(): void;
}

const FORBIDDEN = { ok: false, reason: 'forbidden' } as const;

/** Keys and webhooks as one request's session may see and change them. */
export function platformContext(
  db: Db,
  session: Session | null,
  { configured, usualCalls, strict, keysChanged }: PlatformOptions,
): PlatformContext {
  const actor = session?.actor ?? null;
  const told = <Answer extends { ok: boolean }>(answer: Answer): Answer => {
    if (answer.ok) keysChanged();
    return answer;
  };
  return {
    keys: {
      async list() {
        const keys = actor && (await readKeys(db, actor));
        if (!keys) return null;
        const others = configured.map(({ id, scopes }) => ({
          id,
          scopes: SCOPES.filter((scope) => scopes.has(scope)),
        }));
        return { keys, configured: others, usualCalls };
      },
      make: async (input) => (actor ? makeKey(db, actor, input) : FORBIDDEN),
      rotate: async (input) => (actor ? told(await rotateKey(db, actor, input)) : FORBIDDEN),
      revoke: async (input) => (actor ? told(await revokeKey(db, actor, input)) : FORBIDDEN),
    },
    webhooks: {
      list: async () => actor && readEndpoints(db, actor),
      deliveries: async (endpoint, before) => actor && readDeliveries(db, actor, endpoint, before),
      make: async (input) => (actor ? makeEndpoint(db, actor, input, strict) : FORBIDDEN),
      change: async (input) => (actor ? changeEndpoint(db, actor, input) : FORBIDDEN),
    },
  };
}
