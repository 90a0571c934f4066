import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { type ShouldRevalidateFunctionArgs, useLoaderData, useRouteError } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { RoomsScreen } from '#app/components/rooms/rooms-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import { Page } from '#app/components/shell/page.tsx';

export const handle = { title: (t: TFunction) => t('rooms:title') };

/** The rooms an operator may see; a host has only one, and goes there. */
export async function loader({ context: { viewer, rooms } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  if (viewer.kind === 'host') throw redirect(`/rooms/${viewer.room}`);
  const rows = await rooms.list();
  if (rows === null) throw new Response(null, { status: 403 });
  return { rows };
}

/** The address holds only how the list is looked at: what it shows comes by the socket. */
export function shouldRevalidate(args: ShouldRevalidateFunctionArgs): boolean {
  return args.currentUrl.pathname !== args.nextUrl.pathname && args.defaultShouldRevalidate;
}

export default function Rooms() {
  return <RoomsScreen rooms={useLoaderData<typeof loader>().rows} />;
}

export function ErrorBoundary() {
  const { t } = useTranslation('rooms');
  return (
    <Page title={t('title')}>
      <ErrorMessage error={useRouteError()} />
    </Page>
  );
}
