import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { acceptLink, openLink } from '#app/accept-link.server.ts';
import { type LinkAnswer, LinkScreen } from '#app/components/account/first-credential.tsx';

export const handle = { title: (t: TFunction) => t('account:setUp.title') };

export const loader = (asked: LoaderFunctionArgs) => openLink('set_up', asked);
export const action = (asked: ActionFunctionArgs) => acceptLink('set_up', asked);

export default function SetUp() {
  const loaded = useLoaderData<typeof loader>();
  return <LinkScreen purpose="set_up" {...loaded} answer={useActionData<LinkAnswer>()} />;
}
