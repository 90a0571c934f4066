import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError, useSearchParams } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { readAddress, readQuery } from '#app/components/audit/audit-query.ts';
import { AuditScreen } from '#app/components/audit/audit-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('log:title') };

/** A page of the audit log, for those who may read it. */
export async function loader({ request, context: { viewer, audit } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const [page, views] = await Promise.all([
    audit.list(readQuery(new URL(request.url).searchParams)),
    audit.views.list(),
  ]);
  if (page === null) throw new Response(null, { status: 403 });
  return { page, views };
}

export default function Log() {
  const { page, views } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  return <AuditScreen page={page} views={views} query={readAddress(params)} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('log');
  return (
    <Page title={t('title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
