import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { KeysScreen } from '#app/components/platform/keys-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('platform:keys.title') };

/** The platform's keys, for admins. */
export async function loader({ context: { viewer, platform } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const page = await platform.keys.list();
  if (page === null) throw new Response(null, { status: 403 });
  return { page };
}

export default function Keys() {
  return <KeysScreen page={useLoaderData<typeof loader>().page} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('platform');
  return (
    <Page title={t('keys.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
