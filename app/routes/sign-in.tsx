import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { SignInScreen } from '#app/components/sign-in/sign-in-screen.tsx';
import { localPath } from '#app/local-path.ts';

export const handle = { title: (t: TFunction) => t('sign-in:title') };

/** The link's token goes back to the form only: opening the link alone uses nothing up. */
export function loader({ request, context: { viewer } }: LoaderFunctionArgs) {
  const params = new URL(request.url).searchParams;
  const token = params.get('token');
  if (viewer !== null && token === null) throw redirect('/');
  return { token, hasLeft: params.has('left'), signedInAs: viewer?.name ?? null };
}

/** Redeems the link and goes to where its holder begins. */
export async function action({ request, context }: ActionFunctionArgs) {
  const token = (await request.formData()).get('token');
  const signedIn = typeof token === 'string' ? await context.session.signIn(token) : null;
  // One answer for a link used, expired or never given: a guess learns nothing.
  if (signedIn === null) return Response.json({ state: 'refused' }, { status: 403 });
  if (signedIn === 'too_many') return Response.json({ state: 'tooMany' }, { status: 429 });
  const headers = { 'Set-Cookie': signedIn.cookie };
  return redirect(localPath(signedIn.landing), { headers });
}

export default function SignIn() {
  const { token, hasLeft, signedInAs } = useLoaderData<typeof loader>();
  const answer = useActionData<{ state: 'refused' | 'tooMany' }>();
  if (answer) return <SignInScreen state={answer.state} />;
  if (token !== null) return <SignInScreen state="ready" token={token} signedInAs={signedInAs} />;
  return <SignInScreen state={hasLeft ? 'left' : 'noLink'} />;
}
