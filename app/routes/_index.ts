import { type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { startOf } from '#app/domain/access/start.ts';

/** Everyone begins at what they are here for. */
export function loader({ context: { viewer } }: LoaderFunctionArgs) {
  if (viewer === null) return redirect('/sign-in');
  if (viewer.kind === 'host') return redirect(`/rooms/${viewer.room}`);
  return redirect(startOf(viewer.roles));
}
