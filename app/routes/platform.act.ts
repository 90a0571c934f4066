import type { ActionFunctionArgs } from '@remix-run/node';
import type { PlatformContext } from '#app/domain/platform/context.ts';

/** Carries out a `PlatformAct` sent as JSON. A secret is answered this once. */
export async function action({ request, context: { platform } }: ActionFunctionArgs) {
  const input: unknown = await request.json().catch(() => null);
  return Response.json(await carryOut(platform, input));
}

async function carryOut({ keys, webhooks }: PlatformContext, input: unknown) {
  if (typeof input === 'object' && input !== null) {
    if ('makeKey' in input) return keys.make(input.makeKey);
    if ('rotateKey' in input) return keys.rotate(input.rotateKey);
    if ('revokeKey' in input) return keys.revoke(input.revokeKey);
    if ('makeEndpoint' in input) return webhooks.make(input.makeEndpoint);
    if ('changeEndpoint' in input) return webhooks.change(input.changeEndpoint);
  }
  return { ok: false, reason: 'invalid' } as const;
}
