import { type ActionFunctionArgs, redirect } from '@remix-run/node';

/** Looking at the address ends nothing. */
export function loader() {
  return redirect('/');
}

/** Ends the session here and in every tab. */
export async function action({ context }: ActionFunctionArgs) {
  const headers = { 'Set-Cookie': await context.session.signOut() };
  return redirect('/sign-in?left', { headers });
}
