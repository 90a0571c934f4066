import type { ActionFunctionArgs } from '@remix-run/node';
import { textIn } from '#app/account-answers.server.ts';
import type { AccountRefused } from '#app/domain/access/account.ts';
import { localPath } from '#app/local-path.ts';

/**
 * Begins to prove at the organisation's provider who one is: answers where to go for it, and lets this
 * browser remember what it was begun with. Not by a link, which another site could have pressed.
 */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const begun = await account.beginProof(localPath(textIn(await request.formData(), 'to')));
  if (!begun.ok) return Response.json(begun satisfies AccountRefused);
  const { to, cookie } = begun;
  return Response.json({ ok: true, to }, { headers: { 'Set-Cookie': cookie } });
}
