import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData, useLoaderData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerEntering, type FormAnswer, passkeyIn, textIn } from '#app/account-answers.server.ts';
import { CodesShown, EnrolFactor, GiveFactor } from '#app/components/account/second-factor.tsx';

export const handle = { title: (t: TFunction) => t('account:factor.title') };

/** Asks for the second factor, or helps to set one up where the account has none. */
export async function loader({ context: { account } }: LoaderFunctionArgs) {
  if (account.stage === 'nobody') throw redirect('/sign-in');
  const factors = await account.factors();
  if (account.stage === 'full' || factors === null) throw redirect('/');
  const { hasCodes, passkeys } = factors;
  const hasFactor = hasCodes || passkeys.length > 0;
  return {
    hasCodes,
    hasPasskeys: passkeys.length > 0,
    hasRecoveryCodes: factors.recoveryCodesLeft > 0,
    offersPasskeys: account.offers.passkeys,
    offer: hasFactor ? null : await account.offerCodes(),
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
  if (loaded.offer !== null) {
    return <EnrolFactor {...loaded} offer={loaded.offer} refusal={answer?.refusal} />;
  }
  return <GiveFactor {...loaded} refusal={answer?.refusal} />;
}
