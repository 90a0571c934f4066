import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerRefused, type FormAnswer, passkeyIn, textIn } from '#app/account-answers.server.ts';
import { ProfileScreen } from '#app/components/account/profile-screen.tsx';
import {
  ACCOUNT_REFUSALS,
  type AccountAnswer,
  type AccountContext,
} from '#app/domain/access/account.ts';

export const handle = { title: (t: TFunction) => t('account:profile.title') };

/** One's own account: what proves who one is, and where one is signed in. */
export async function loader({ request, context: { viewer, account } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const profile = await account.profile();
  if (profile === null) throw new Response(null, { status: 403 });
  const { searchParams } = new URL(request.url);
  const sets = searchParams.get('set');
  const offer = sets === 'codes' && profile.isRecent ? await account.offerCodes() : null;
  const refused = ACCOUNT_REFUSALS.find((reason) => reason === searchParams.get('refused'));
  return {
    profile,
    offer,
    offers: account.offers,
    ...(refused && { refusal: { reason: refused } }),
  };
}

const CHANGES: Record<string, (account: AccountContext, form: FormData) => Promise<AccountAnswer>> =
  {
    password: (account, form) => account.changePassword(textIn(form, 'password')),
    codes: (account, form) => account.changeCodes(textIn(form, 'sealed'), textIn(form, 'code')),
    codes_removed: (account) => account.removeCodes(),
    recovery_codes: (account) => account.renewRecoveryCodes(),
    passkey: (account, form) => account.addPasskey(passkeyIn(form), textIn(form, 'label')),
    passkey_removed: (account, form) => account.removePasskey(textIn(form, 'id')),
    session: (account, form) => account.endSession(textIn(form, 'id')),
    sessions: (account) => account.endOtherSessions(),
    identity_removed: (account, form) =>
      account.unlink({ issuer: textIn(form, 'issuer'), subject: textIn(form, 'id') }),
  };

/** Makes one change, named by `change`; asks to confirm first where it was too long ago. */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const form = await request.formData();
  const change = textIn(form, 'change');
  const answer = (await CHANGES[change]?.(account, form)) ?? { ok: false, reason: 'not_found' };
  if (answer.ok && answer.recoveryCodes) return { codes: answer.recoveryCodes };
  if (answer.ok) return redirect('/profile');
  if (answer.reason === 'reauthenticate') return redirect('/confirm?to=/profile');
  return answerRefused(answer);
}

export default function ProfilePage() {
  const answer = useActionData<FormAnswer>();
  const { refusal, ...page } = useLoaderData<typeof loader>();
  return (
    <ProfileScreen {...page} codes={answer?.codes ?? null} refusal={answer?.refusal ?? refusal} />
  );
}
