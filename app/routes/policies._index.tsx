import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { PolicyScreen } from '#app/components/policies/policy-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('policies:title') };

/** The policy's versions, for every operator; `version` in the address shows an older one. */
export async function loader({ context: { viewer, policies } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const page = await policies.page();
  if (page === null) throw new Response(null, { status: 403 });
  return { page };
}

export default function Policies() {
  return <PolicyScreen page={useLoaderData<typeof loader>().page} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('policies');
  return (
    <Page title={t('title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
