import type { ActionFunctionArgs, AppLoadContext } from '@remix-run/node';

/** Carries out what is sent as JSON: `{save}`, a `DraftSave`, or `{publish}`, a `Publication`. */
export async function action({ request, context }: ActionFunctionArgs) {
  const input: unknown = await request.json().catch(() => null);
  return Response.json(await carryOut(context, input));
}

async function carryOut({ policies }: Pick<AppLoadContext, 'policies'>, input: unknown) {
  if (typeof input === 'object' && input !== null) {
    if ('save' in input) return policies.save(input.save);
    if ('publish' in input) return policies.publish(input.publish);
  }
  return { ok: false, reason: 'invalid' } as const;
}
