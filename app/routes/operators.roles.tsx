import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { RoleMatrix } from '#app/components/operators/role-matrix.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';
import { can } from '#app/domain/access/capabilities.ts';

export const handle = { title: (t: TFunction) => t('operators:matrix.title') };

/** Which role may do what, for every operator. */
export function loader({ context: { viewer } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const { kind, roles } = viewer;
  if (kind !== 'operator' || !can({ kind, roles }, 'roles.see')) {
    throw new Response(null, { status: 403 });
  }
  return { own: roles, seesOperators: can({ kind, roles }, 'operators.see') };
}

export default function Roles() {
  return <RoleMatrix {...useLoaderData<typeof loader>()} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('operators');
  return (
    <Page title={t('matrix.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
