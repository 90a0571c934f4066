import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import type { LinkAnswer } from '#app/components/account/first-credential.tsx';
import { answerEntering, firstCredentialIn } from './account-answers.server.ts';

type Purpose = 'invitation' | 'set_up';

/**
 * Opening a link shows what it is for; it is used up by what is chosen.
 * @returns `link`: null when it can't be used (any more)
 */
export async function openLink(
  purpose: Purpose,
  { request, context: { account } }: LoaderFunctionArgs,
) {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const link = await account.openLink(token, purpose);
  return { token, link, offersPasskeys: account.offers.passkeys };
}

/** Takes the password or passkey chosen, and goes on signed in. */
export async function acceptLink(
  purpose: Purpose,
  { request, context: { account } }: ActionFunctionArgs,
): Promise<Response> {
  const first = firstCredentialIn(await request.formData());
  const answer = await account.acceptLink(purpose, first);
  if (answer.ok) return answerEntering(answer);
  const { reason, retryAfter } = answer;
  const refused: LinkAnswer = {
    refusal: { reason, ...(retryAfter !== undefined && { retryAfter }) },
    typed: first.name,
    // The form comes back, whose link is in no address then.
    token: first.token,
    link: await account.openLink(first.token, purpose),
  };
  return Response.json(refused, { status: reason === 'limited' ? 429 : 403 });
}
