import type { ActionFunctionArgs } from '@remix-run/node';

/**
 * The two steps of a reveal, sent as JSON: an `AccessRequest` is answered with a ticket, and
 * `{access}`, the ticket, with the values, once.
 */
export async function action({ request, context: { audit } }: ActionFunctionArgs) {
  const input: unknown = await request.json().catch(() => null);
  const isTicket = typeof input === 'object' && input !== null && 'access' in input;
  return Response.json(
    isTicket ? await audit.reveal(input.access) : await audit.requestAccess(input),
  );
}
