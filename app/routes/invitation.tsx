import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerEntering, type FormAnswer, firstCredentialIn } from '#app/account-answers.server.ts';
import { FirstCredentialScreen, UnusableLink } from '#app/components/account/first-credential.tsx';

export const handle = { title: (t: TFunction) => t('account:invitation.title') };

/** Opening the link shows what it is for; it is used up by what is chosen. */
export async function loader({ request, context: { account } }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const link = await account.openLink(token, 'invitation');
  return { token, link, offersPasskeys: account.offers.passkeys };
}

/** Takes the password or passkey chosen, and goes on signed in. */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const first = firstCredentialIn(await request.formData());
  const answer = await account.acceptLink('invitation', first);
  if (answer.ok) return answerEntering(answer);
  // The form comes back, whose link is in no address then.
  const link = await account.openLink(first.token, 'invitation');
  const { reason, retryAfter } = answer;
  return Response.json(
    {
      refusal: { reason, ...(retryAfter !== undefined && { retryAfter }) },
      typed: first.name,
      token: first.token,
      link,
    },
    { status: reason === 'limited' ? 429 : 403 },
  );
}

export default function Invitation() {
  const loaded = useLoaderData<typeof loader>();
  const answer = useActionData<FormAnswer & Pick<typeof loaded, 'token' | 'link'>>();
  const { token, link } = answer ?? loaded;
  if (link === null) return <UnusableLink />;
  return (
    <FirstCredentialScreen
      purpose="invitation"
      token={token}
      name={link.name}
      offersPasskeys={loaded.offersPasskeys}
      refusal={answer?.refusal}
      {...(answer?.typed !== undefined && { typed: answer.typed })}
    />
  );
}
