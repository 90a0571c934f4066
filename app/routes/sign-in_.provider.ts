import { type LoaderFunctionArgs, redirect } from '@remix-run/node';

/** Sends the browser to the organisation's own sign-in, and lets it remember what it was begun with. */
export async function loader({ context: { account } }: LoaderFunctionArgs) {
  const begun = await account.beginProvider();
  if (begun === null) throw new Response(null, { status: 404 });
  return redirect(begun.to, { headers: { 'Set-Cookie': begun.cookie } });
}
