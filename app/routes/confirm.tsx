import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerRefused, type FormAnswer, passkeyIn, textIn } from '#app/account-answers.server.ts';
import { ConfirmScreen } from '#app/components/account/confirm-screen.tsx';
import { ACCOUNT_REFUSALS } from '#app/domain/access/account.ts';
import { localPath } from '#app/local-path.ts';

export const handle = { title: (t: TFunction) => t('account:confirm.title') };

/** Asks once more who sits here, before what a stolen session must not do; `to` says where to go on. */
export async function loader({ request, context: { viewer, account } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const factors = await account.factors();
  if (factors === null) throw new Response(null, { status: 403 });
  const { searchParams } = new URL(request.url);
  const refused = ACCOUNT_REFUSALS.find((reason) => reason === searchParams.get('refused'));
  return {
    to: localPath(searchParams.get('to')),
    hasPassword: factors.hasPassword,
    hasPasskeys: factors.passkeys.length > 0,
    hasCodes: factors.hasCodes,
    provider: await account.provingProvider(),
    ...(refused && { refusal: { reason: refused } }),
  };
}

/** Takes the password, a passkey or a code, and goes on. */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const form = await request.formData();
  const passkey = passkeyIn(form);
  const proof =
    passkey !== undefined
      ? { passkey }
      : form.has('code')
        ? { code: textIn(form, 'code') }
        : { password: textIn(form, 'password') };
  const answer = await account.prove(proof);
  if (!answer.ok) return answerRefused(answer);
  return redirect(localPath(form.get('to')), { headers: { 'Set-Cookie': answer.cookie } });
}

export default function Confirm() {
  const { refusal, ...page } = useLoaderData<typeof loader>();
  return <ConfirmScreen {...page} refusal={useActionData<FormAnswer>()?.refusal ?? refusal} />;
}
