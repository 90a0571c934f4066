import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { OperatorsScreen } from '#app/components/operators/operators-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('operators:title') };

/** Who the operators are, for leads and admins. */
export async function loader({ context: { viewer, operators } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const page = await operators.page();
  if (page === null) throw new Response(null, { status: 403 });
  return { page };
}

export default function Operators() {
  return <OperatorsScreen page={useLoaderData<typeof loader>().page} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('operators');
  return (
    <Page title={t('title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
