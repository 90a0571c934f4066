import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { PasswordScreen } from '#app/components/sign-in/password-screen.tsx';
import { localPath } from '#app/local-path.ts';

export const handle = { title: (t: TFunction) => t('sign-in:title') };

/** Takes in whom the organisation's provider has sent back, links or proves them to the account they have. */
export async function loader({ request, context: { account } }: LoaderFunctionArgs) {
  const answer = await account.finishProvider(request.url);
  if (!answer.ok) {
    if ('landing' in answer) throw redirect(localPath(answer.landing));
    return { offers: account.offers, refusal: answer };
  }
  throw redirect(localPath(answer.landing), { headers: { 'Set-Cookie': answer.cookie } });
}

export default function ProviderBack() {
  return <PasswordScreen {...useLoaderData<typeof loader>()} hasLeft={false} typed="" />;
}
