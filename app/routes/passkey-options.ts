import type { ActionFunctionArgs } from '@remix-run/node';
import type { PasskeyAsk } from '#app/domain/access/account.ts';

/** Answers a `PasskeyAsk`, sent as JSON, with what the device is to be asked. */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const ask = readAsk(await request.json().catch(() => null));
  if (ask === null) return Response.json({ ok: false, reason: 'passkey_failed' }, { status: 400 });
  return Response.json(await account.passkeyOptions(ask));
}

function readAsk(sent: unknown): PasskeyAsk | null {
  if (typeof sent !== 'object' || sent === null) return null;
  const { for: what, token, name } = sent as Record<string, unknown>;
  if (what === 'sign_in' || what === 'confirm' || what === 'register') return { for: what };
  if (what !== 'first' || typeof token !== 'string' || typeof name !== 'string') return null;
  return { for: what, token, name };
}
