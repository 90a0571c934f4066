import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { HostScreen } from '#app/components/sign-in/host-screen.tsx';
import type { HostLinkRefusal } from '#app/domain/access/host-link.ts';
import { localPath } from '#app/local-path.ts';

export const handle = { title: (t: TFunction) => t('host:title') };

/** What a link can hold at most; beyond it nothing is looked at. */
const LONGEST = 4_096;

/** The token goes back to the form only: a preview that opens the link uses nothing up. */
export function loader({ request, context: { viewer } }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token');
  const isToken = token !== null && token.length <= LONGEST && /^[\w.-]+$/.test(token);
  return { token: isToken ? token : null, signedInAs: viewer?.name ?? null };
}

const STATUS: Partial<Record<HostLinkRefusal, number>> = { too_many: 429, unavailable: 503 };

/** Redeems a link that the platform signed, and goes to its one room. */
export async function action({ request, context }: ActionFunctionArgs) {
  const token = (await request.formData()).get('token');
  const answer = await context.session.signInHost(typeof token === 'string' ? token : '');
  if (typeof answer === 'string') {
    return Response.json({ refusal: answer }, { status: STATUS[answer] ?? 403 });
  }
  return redirect(localPath(answer.landing), { headers: { 'Set-Cookie': answer.cookie } });
}

export default function Host() {
  const { token, signedInAs } = useLoaderData<typeof loader>();
  const answer = useActionData<{ refusal: HostLinkRefusal }>();
  if (answer) return <HostScreen state={answer.refusal} />;
  if (token === null) return <HostScreen state="missing" />;
  return <HostScreen state="ready" token={token} signedInAs={signedInAs} />;
}
