import type { LoaderFunctionArgs } from '@remix-run/node';

/** What whoever sent a command may keep of it, as JSON; 404 when it is not theirs. */
export async function loader({ request, context: { audit } }: LoaderFunctionArgs) {
  const command = new URL(request.url).searchParams.get('command') ?? '';
  const receipt = await audit.receipt(command);
  return Response.json(receipt, { status: receipt === null ? 404 : 200 });
}
