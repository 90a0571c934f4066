import type { ActionFunctionArgs } from '@remix-run/node';
import type { AccountRefused } from '#app/domain/access/account.ts';

/**
 * Begins to link the organisation's sign-in to one's own account: answers where to go for it, and lets
 * this browser remember what it was begun with. Not by a link, which another site could have pressed.
 */
export async function action({ context: { account } }: ActionFunctionArgs) {
  const begun = await account.beginLink();
  if (!begun.ok) return Response.json(begun satisfies AccountRefused);
  const { to, cookie } = begun;
  return Response.json({ ok: true, to }, { headers: { 'Set-Cookie': cookie } });
}
