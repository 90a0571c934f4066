import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { acceptLink, openLink } from '#app/accept-link.server.ts';
import { type LinkAnswer, LinkScreen } from '#app/components/account/first-credential.tsx';

export const handle = { title: (t: TFunction) => t('account:invitation.title') };

export const loader = (asked: LoaderFunctionArgs) => openLink('invitation', asked);
export const action = (asked: ActionFunctionArgs) => acceptLink('invitation', asked);

export default function Invitation() {
  const loaded = useLoaderData<typeof loader>();
  return <LinkScreen purpose="invitation" {...loaded} answer={useActionData<LinkAnswer>()} />;
}
