import { type LoaderFunctionArgs, redirect } from '@remix-run/node';

/** Everyone begins at what they are here for. */
export function loader({ context: { viewer } }: LoaderFunctionArgs) {
  if (viewer === null) return redirect('/sign-in');
  if (viewer.kind === 'host') return redirect(`/rooms/${viewer.room}`);
  const seesRooms = viewer.roles.includes('moderator') || viewer.roles.includes('lead');
  return redirect(seesRooms ? '/rooms' : '/log');
}
