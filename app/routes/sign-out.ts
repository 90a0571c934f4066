import { type ActionFunctionArgs, redirect } from '@remix-run/node';

export function loader() {
  return redirect('/');
}

/** Ends the session here and in every tab. */
export async function action({ context }: ActionFunctionArgs) {
  return redirect('/sign-in', { headers: { 'Set-Cookie': await context.session.signOut() } });
}
