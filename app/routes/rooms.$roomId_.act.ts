import type { ActionFunctionArgs } from '@remix-run/node';

/** Carries out a command sent as JSON; answers an `ActAnswer`. For when the socket gives no answer. */
export async function action({ request, context }: ActionFunctionArgs) {
  const command: unknown = await request.json().catch(() => null);
  return Response.json(await context.rooms.act(command));
}
