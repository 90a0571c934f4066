import type { ActionFunctionArgs, AppLoadContext } from '@remix-run/node';

/** Carries out what is sent as JSON: `{change}`, `{invite}`, or `{end}`, a session's id. */
export async function action({ request, context }: ActionFunctionArgs) {
  const input: unknown = await request.json().catch(() => null);
  return Response.json(await carryOut(context, input));
}

async function carryOut(
  { operators, account }: Pick<AppLoadContext, 'operators' | 'account'>,
  input: unknown,
) {
  if (typeof input === 'object' && input !== null) {
    if ('change' in input) return operators.change(input.change);
    if ('invite' in input) return operators.invite(input.invite);
    if ('end' in input && typeof input.end === 'string') return account.endSession(input.end);
  }
  return { ok: false, reason: 'invalid' } as const;
}
