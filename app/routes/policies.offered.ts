import type { LoaderFunctionArgs } from '@remix-run/node';
import { detectLocale } from '#app/i18n/detect.server.ts';

/** What an act can rest on now, as JSON in the viewer's language; nobody else is told. */
export async function loader({ request, context: { policies } }: LoaderFunctionArgs) {
  const clauses = await policies.offered(await detectLocale(request));
  if (clauses === null) throw new Response(null, { status: 403 });
  return Response.json({ clauses });
}
