import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Door, Or } from '#app/components/account/door.tsx';
import { PasskeyForm } from '#app/components/account/passkey-form.tsx';
import { type Refusal, refusalText } from '#app/components/account/refusal-text.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import type { AccountContext } from '#app/domain/access/account.ts';

interface PasswordScreenProps {
  hasLeft: boolean;
  offers: AccountContext['offers'];
  refusal: Refusal | undefined;
  /** The name typed before. */
  typed: string;
}

/** Signing in by name and password, or by a passkey. */
export function PasswordScreen({ hasLeft, offers, refusal, typed }: PasswordScreenProps) {
  const { t } = useTranslation('account');
  const signIn = useTranslation('sign-in').t;
  const isFresh = hasLeft && !refusal;
  return (
    <Door
      title={isFresh ? signIn('left.title') : signIn('noLink.title')}
      help={signIn('noLink.help')}
      refused={refusalText(t, refusal)}
    >
      <Form method="post" action="/sign-in" reloadDocument className="grid gap-3">
        <TextField
          label={t('name')}
          name="name"
          autoComplete="username"
          defaultValue={typed}
          maxLength={128}
          required
        />
        <TextField
          label={t('password')}
          name="password"
          type="password"
          autoComplete="current-password"
          dir="ltr"
          required
        />
        <Button type="submit" variant="primary">
          {signIn('title')}
        </Button>
      </Form>
      {offers.passkeys || offers.provider !== null ? <Or>{t('or')}</Or> : null}
      {offers.provider !== null ? (
        // Not a form: the policy for scripts would not let one be answered by another site.
        <a
          href="/sign-in/provider"
          className="target inline-flex items-center justify-center gap-1 rounded-lg border border-line bg-raised px-3 py-1 text-sm hover:border-control"
        >
          {t('provider.signIn')} <Name>{offers.provider}</Name>
        </a>
      ) : null}
      {offers.passkeys ? (
        <PasskeyForm
          action="/sign-in"
          ask={() => ({ for: 'sign_in' })}
          label={t('passkey.signIn')}
        />
      ) : null}
    </Door>
  );
}
