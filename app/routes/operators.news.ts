import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';

/** What other admins changed, as JSON; nothing for whoever is no admin. */
export async function loader({ context: { operators } }: LoaderFunctionArgs) {
  return Response.json({ news: await operators.news() });
}

/** Puts away what was seen. */
export async function action({ request, context: { operators } }: ActionFunctionArgs) {
  const ids = (await request.formData()).getAll('seen');
  await operators.seen(ids.filter((id) => typeof id === 'string'));
  return Response.json({ ok: true });
}
