import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerEntering, passkeyIn, textIn } from '#app/account-answers.server.ts';
import type { Refusal } from '#app/components/account/refusal-text.ts';
import { PasswordScreen } from '#app/components/sign-in/password-screen.tsx';
import { SignInScreen } from '#app/components/sign-in/sign-in-screen.tsx';
import { localPath } from '#app/local-path.ts';

export const handle = { title: (t: TFunction) => t('sign-in:title') };

/** The link's token goes back to the form only: opening the link alone uses nothing up. */
export function loader({ request, context: { viewer, account } }: LoaderFunctionArgs) {
  const params = new URL(request.url).searchParams;
  const token = params.get('token');
  if (viewer !== null && token === null) throw redirect('/');
  if (account.stage === 'wanting' && token === null) throw redirect('/second-factor');
  const { offers } = account;
  return { token, offers, hasLeft: params.has('left'), signedInAs: viewer?.name ?? null };
}

/** Signs in by link, passkey or password, and goes to where the account begins. */
export async function action({ request, context }: ActionFunctionArgs) {
  const form = await request.formData();
  if (!form.has('token')) {
    const passkey = passkeyIn(form);
    if (passkey !== undefined) {
      return answerEntering(await context.account.signInWithPasskey(passkey));
    }
    const name = textIn(form, 'name');
    const answer = await context.account.signIn(name, textIn(form, 'password'));
    return answerEntering(answer, name);
  }
  const signedIn = await context.session.signIn(textIn(form, 'token'));
  // One answer for a link used, expired or never given: a guess learns nothing.
  if (signedIn === null) return Response.json({ state: 'refused' }, { status: 403 });
  if (signedIn === 'too_many') return Response.json({ state: 'tooMany' }, { status: 429 });
  const headers = { 'Set-Cookie': signedIn.cookie };
  return redirect(localPath(signedIn.landing), { headers });
}

interface Answer {
  state?: 'refused' | 'tooMany';
  refusal?: Refusal;
  typed?: string;
}

export default function SignIn() {
  const { token, offers, hasLeft, signedInAs } = useLoaderData<typeof loader>();
  const answer = useActionData<Answer>();
  if (answer?.state) return <SignInScreen state={answer.state} />;
  if (token !== null && !answer) {
    return <SignInScreen state="ready" token={token} signedInAs={signedInAs} />;
  }
  return (
    <PasswordScreen
      hasLeft={hasLeft}
      offers={offers}
      refusal={answer?.refusal}
      typed={answer?.typed ?? ''}
    />
  );
}
