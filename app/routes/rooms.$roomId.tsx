import type { LoaderFunctionArgs } from '@remix-run/node';
import { type ShouldRevalidateFunctionArgs, useLoaderData, useRouteError } from '@remix-run/react';
import { RoomScreen } from '#app/components/room/room-screen.tsx';
import { ErrorMessage } from '#app/components/shell/error-screen.tsx';
import type { TitleHandle } from '#app/components/shell/page-title.tsx';

export const handle: TitleHandle = {
  title: (_, data) => (data as Awaited<ReturnType<typeof loader>>).head.title,
};

/** The room's head; 401 without a session, 403 without the right to see this room, 404 without it. */
export async function loader({ params, context }: LoaderFunctionArgs) {
  const { viewer } = context;
  if (viewer === null) throw new Response(null, { status: 401 });
  const head = await context.rooms.head(params.roomId ?? '');
  if (head === null) throw new Response(null, { status: viewer.kind === 'host' ? 403 : 404 });
  return { head, viewer };
}

/** The socket keeps the screen true: only another room needs to load. */
export function shouldRevalidate({ currentParams, nextParams }: ShouldRevalidateFunctionArgs) {
  return currentParams.roomId !== nextParams.roomId;
}

export default function Room() {
  const { head, viewer } = useLoaderData<typeof loader>();
  return <RoomScreen key={head.id} head={head} viewer={viewer} />;
}

export function ErrorBoundary() {
  return <ErrorMessage error={useRouteError()} />;
}
