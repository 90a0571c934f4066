import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { DraftScreen } from '#app/components/policies/draft-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('policies:draft.title') };

/** The next version, for admins. */
export async function loader({ context: { viewer, policies } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const page = await policies.page();
  if (!page?.draft) throw new Response(null, { status: 403 });
  return { draft: page.draft, current: page.versions[0] ?? null };
}

export default function Draft() {
  const { draft, current } = useLoaderData<typeof loader>();
  return <DraftScreen draft={draft} current={current} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('policies');
  return (
    <Page title={t('draft.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
