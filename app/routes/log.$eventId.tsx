import { data, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { EventMissing, EventScreen } from '#app/components/audit/event-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('log:event.title') };

/** One event of the audit log, whole, for those who may read it. */
export async function loader({ params, context: { viewer, audit } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const event = await audit.event(params.eventId ?? '');
  if (event === null) throw new Response(null, { status: 403 });
  if (event === 'not_found') return data({ event: null }, { status: 404 });
  return data({ event });
}

export default function LogEvent() {
  const { event } = useLoaderData<typeof loader>();
  // What was revealed of one event is not carried to another.
  return event ? <EventScreen key={event.id} event={event} /> : <EventMissing />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('log');
  return (
    <Page title={t('event.title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
