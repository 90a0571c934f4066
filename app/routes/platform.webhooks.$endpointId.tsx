import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { DeliveriesScreen } from '#app/components/platform/deliveries-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';
import type { TitleHandle } from '#app/components/shell/page-title.tsx';

export const handle: TitleHandle = {
  title: (_, data) => (data as Awaited<ReturnType<typeof loader>>).page.endpoint.name,
};

/** One webhook and what it was sent, for admins. */
export async function loader({
  request,
  params,
  context: { viewer, platform },
}: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const before = new URL(request.url).searchParams.get('before');
  const [all, page] = await Promise.all([
    platform.webhooks.list(),
    platform.webhooks.deliveries(params.endpointId ?? '', before),
  ]);
  if (page === null) throw new Response(null, { status: all === null ? 403 : 404 });
  return { page, isFirst: before === null };
}

export default function Webhook() {
  const { page, isFirst } = useLoaderData<typeof loader>();
  return <DeliveriesScreen key={page.endpoint.id} page={page} isFirst={isFirst} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('platform');
  return (
    <Page title={t('hooks.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
