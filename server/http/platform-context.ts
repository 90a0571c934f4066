import type { PlatformContext } from '#app/domain/platform/context.ts';
import { SCOPES } from '#app/domain/platform/view.ts';
import type { Db } from '#db/client.ts';
import type { Session } from '#server/auth/sessions.ts';
import type { PlatformKey } from '#server/config/keys.ts';
import { maySeePlatform } from '#server/platform/admin.ts';
import { makeKey, revokeKey, rotateKey } from '#server/platform/keys.ts';
import { readKeys } from '#server/platform/read-keys.ts';
import { changeEndpoint, type EndpointOptions, makeEndpoint } from '#server/webhooks/endpoints.ts';
import { readDeliveries, readEndpoints } from '#server/webhooks/read-endpoints.ts';

export interface PlatformOptions {
  /** Keys of the configuration. */
  configured: readonly PlatformKey[];
  /** Calls a minute of a key without a limit of its own. */
  usualCalls: number;
  webhooks: EndpointOptions;
  /** Told when a key was changed. */
  keysChanged(): void;
}

const FORBIDDEN = { ok: false, reason: 'forbidden' } as const;
const REAUTHENTICATE = { ok: false, reason: 'reauthenticate' } as const;

/** Keys and webhooks as one request's session may see and change them. */
export function platformContext(
  db: Db,
  session: Session | null,
  { configured, usualCalls, webhooks, keysChanged }: PlatformOptions,
): PlatformContext {
  const actor = session?.actor ?? null;
  /** Who may not is refused there, on the record; who may must have proven lately who they are. */
  async function change<Answer extends { ok: boolean }>(
    run: (actor: Session['actor']) => Promise<Answer>,
  ) {
    if (session === null || actor === null) return FORBIDDEN;
    if (!session.isRecent && (await maySeePlatform(db, actor))) return REAUTHENTICATE;
    return run(actor);
  }
  async function changeKeys<Answer extends { ok: boolean }>(
    run: (actor: Session['actor']) => Promise<Answer>,
  ) {
    const answer = await change(run);
    if (answer.ok) keysChanged();
    return answer;
  }
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
      make: (input) => changeKeys((by) => makeKey(db, by, input)),
      rotate: (input) => changeKeys((by) => rotateKey(db, by, input)),
      revoke: (input) => changeKeys((by) => revokeKey(db, by, input)),
    },
    webhooks: {
      list: async () => actor && readEndpoints(db, actor),
      deliveries: async (endpoint, before) => actor && readDeliveries(db, actor, endpoint, before),
      make: (input) => change((by) => makeEndpoint(db, by, input, webhooks)),
      change: (input) => change((by) => changeEndpoint(db, by, input, webhooks)),
    },
  };
}
