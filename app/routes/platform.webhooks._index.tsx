import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { WebhooksScreen } from '#app/components/platform/webhooks-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('platform:hooks.title') };

/** Where the platform is told of what happens, for admins. */
export async function loader({ context: { viewer, platform } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const endpoints = await platform.webhooks.list();
  if (endpoints === null) throw new Response(null, { status: 403 });
  return { endpoints };
}

export default function Webhooks() {
  return <WebhooksScreen endpoints={useLoaderData<typeof loader>().endpoints} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('platform');
  return (
    <Page title={t('hooks.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
