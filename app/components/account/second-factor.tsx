import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import type { CodeOffer } from '#app/domain/access/account.ts';
import { CodeField, CodeOfferFields } from './code-offer.tsx';
import { Door, Or } from './door.tsx';
import { PasskeyForm } from './passkey-form.tsx';
import { ProviderButton } from './provider-button.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { type Refusal, refusalText } from './refusal-text.ts';

const ACTION = '/second-factor';

interface GiveFactorProps {
  hasCodes: boolean;
  hasPasskeys: boolean;
  hasRecoveryCodes: boolean;
  refusal: Refusal | undefined;
}

/** Asks for the second factor that the account has. */
export function GiveFactor({ hasCodes, hasPasskeys, hasRecoveryCodes, refusal }: GiveFactorProps) {
  const { t } = useTranslation('account');
  const takesCode = hasCodes || hasRecoveryCodes;
  return (
    <Door title={t('factor.title')} help={t('factor.help')} refused={refusalText(t, refusal)}>
      {takesCode ? (
        <Form method="post" action={ACTION} reloadDocument className="grid gap-3">
          <CodeField takesRecovery={hasRecoveryCodes} />
          <Button type="submit" variant="primary">
            {t('factor.give')}
          </Button>
        </Form>
      ) : null}
      {hasPasskeys && takesCode ? <Or>{t('or')}</Or> : null}
      {hasPasskeys ? (
        <PasskeyForm
          action={ACTION}
          ask={() => ({ for: 'confirm' })}
          label={t('passkey.use')}
          variant={takesCode ? 'quiet' : 'primary'}
        />
      ) : null}
      <Leave />
    </Door>
  );
}

interface EnrolFactorProps {
  offer: CodeOffer;
  offersPasskeys: boolean;
  refusal: Refusal | undefined;
}

/** Helps to set the first second factor up: nothing else is open before. */
export function EnrolFactor({ offer, offersPasskeys, refusal }: EnrolFactorProps) {
  const { t } = useTranslation('account');
  return (
    <Door title={t('enrol.title')} help={t('enrol.help')} refused={refusalText(t, refusal)}>
      {offersPasskeys ? (
        <>
          <PasskeyForm
            action={ACTION}
            ask={() => ({ for: 'register' })}
            label={t('passkey.add')}
            variant="primary"
          >
            <input type="hidden" name="new" value="1" />
          </PasskeyForm>
          <Or>{t('or')}</Or>
        </>
      ) : null}
      <Form method="post" action={ACTION} reloadDocument className="grid gap-3">
        <CodeOfferFields offer={offer} />
      </Form>
      <Leave />
    </Door>
  );
}

interface ProveFirstProps {
  /** How the organisation's provider is called, where it can prove who this is. */
  provider: string | null;
  refusal: Refusal | undefined;
}

/** Before a factor can be set up: fresh proof, at the provider or by another sign-in. */
export function ProveFirst({ provider, refusal }: ProveFirstProps) {
  const { t } = useTranslation('account');
  return (
    <Door
      title={t('enrol.title')}
      help={provider === null ? t('enrol.again') : t('refused.reauthenticate')}
      refused={refusalText(t, refusal)}
    >
      {provider === null ? null : (
        <ProviderButton
          action="/confirm/provider"
          fields={{ to: ACTION }}
          label={t('confirm.provider', { name: isolate(provider) })}
        />
      )}
      <Leave />
    </Door>
  );
}

/** Shows new recovery codes before going on. */
export function CodesShown({ codes, landing }: { codes: readonly string[]; landing: string }) {
  const { t } = useTranslation('account');
  return (
    <Door title={t('recovery.title')} help={t('recovery.once')}>
      <RecoveryCodes codes={codes} />
      <a
        href={landing}
        className="target inline-flex items-center justify-center rounded-lg bg-accent px-3 py-1 font-semibold text-on-accent text-sm"
      >
        {t('recovery.kept')}
      </a>
    </Door>
  );
}

function Leave() {
  const { t } = useTranslation('account');
  return (
    <Form method="post" action="/sign-out" className="justify-self-center">
      <Button type="submit" variant="ghost">
        {t('common:menu.signOut')}
      </Button>
    </Form>
  );
}
