import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError, useSearchParams } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { readReadsQuery } from '#app/components/audit/reads-query.ts';
import { ReadsScreen } from '#app/components/audit/reads-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('log:reads.title') };

/** A page of the log of reads: who asked to see what is sealed. */
export async function loader({ request, context: { viewer, audit } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const page = await audit.reads(readReadsQuery(new URL(request.url).searchParams));
  if (page === null) throw new Response(null, { status: 403 });
  return { page };
}

export default function Reads() {
  const { page } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  return <ReadsScreen page={page} query={readReadsQuery(params)} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('log');
  return (
    <Page title={t('reads.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
