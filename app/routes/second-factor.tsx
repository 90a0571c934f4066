import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerEntering, type FormAnswer, passkeyIn, textIn } from '#app/account-answers.server.ts';
import {
  CodesShown,
  EnrolFactor,
  GiveFactor,
  ProveFirst,
} from '#app/components/account/second-factor.tsx';
import { ACCOUNT_REFUSALS } from '#app/domain/access/account.ts';

export const handle = { title: (t: TFunction) => t('account:factor.title') };

/**
 * Asks for the second factor, or helps to set one up where the account has none: for who proved lately who
 * they are, so that a browser that somebody left is not enough.
 */
export async function loader({ request, context: { account } }: LoaderFunctionArgs) {
  if (account.stage === 'nobody') throw redirect('/sign-in');
  const factors = await account.factors();
  if (account.stage === 'full' || factors === null) throw redirect('/');
  const { hasCodes, passkeys } = factors;
  const hasFactor = hasCodes || passkeys.length > 0;
  const mustProve = !hasFactor && !account.isRecent;
  const { searchParams } = new URL(request.url);
  const refused = ACCOUNT_REFUSALS.find((reason) => reason === searchParams.get('refused'));
  return {
    hasCodes,
    hasPasskeys: passkeys.length > 0,
    hasRecoveryCodes: factors.recoveryCodesLeft > 0,
    offersPasskeys: account.offers.passkeys,
    offer: hasFactor || mustProve ? null : await account.offerCodes(),
    mustProve,
    provider: mustProve ? await account.provingProvider() : null,
    ...(refused && { refusal: { reason: refused } }),
  };
}

/** Takes a code or a passkey: as the factor that is there, or as a new one. */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const form = await request.formData();
  const isNew = form.has('sealed') || form.has('new');
  const passkey = passkeyIn(form);
  if (passkey !== undefined) {
    return answerEntering(
      await (isNew ? account.enrolPasskey(passkey) : account.givePasskey(passkey)),
    );
  }
  const code = textIn(form, 'code');
  return answerEntering(
    await (isNew ? account.enrolCodes(textIn(form, 'sealed'), code) : account.giveCode(code)),
  );
}

/** With the codes comes the new session, for which this page is not meant any more. */
export function shouldRevalidate() {
  return false;
}

export default function SecondFactor() {
  const loaded = useLoaderData<typeof loader>();
  const answer = useActionData<FormAnswer>();
  if (answer?.codes) return <CodesShown codes={answer.codes} landing={answer.landing ?? '/'} />;
  if (loaded.mustProve) {
    return <ProveFirst provider={loaded.provider} refusal={answer?.refusal ?? loaded.refusal} />;
  }
  if (loaded.offer !== null) {
    return <EnrolFactor {...loaded} offer={loaded.offer} refusal={answer?.refusal} />;
  }
  return <GiveFactor {...loaded} refusal={answer?.refusal} />;
}
