import { data, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError, useSearchParams } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { PolicyMissing, PolicyScreen } from '#app/components/policies/policy-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';
import { versionNamed } from '#app/domain/policies/view.ts';

export const handle = { title: (t: TFunction) => t('policies:title') };

/** The policy's versions, for every operator; `version` in the address shows an older one. */
export async function loader({ request, context: { viewer, policies } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const page = await policies.page();
  if (page === null) throw new Response(null, { status: 403 });
  const wanted = new URL(request.url).searchParams.get('version');
  const isMissing = wanted !== null && !versionNamed(page.versions, wanted);
  return data({ page }, { status: isMissing ? 404 : 200 });
}

export default function Policies() {
  const { page } = useLoaderData<typeof loader>();
  const wanted = useSearchParams()[0].get('version');
  const shown = versionNamed(page.versions, wanted);
  return shown || wanted === null ? <PolicyScreen page={page} shown={shown} /> : <PolicyMissing />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('policies');
  return (
    <Page title={t('title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
