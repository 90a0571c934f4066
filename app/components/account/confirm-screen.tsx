import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { TextField } from '#app/components/ui/text-field.tsx';
import { CodeField } from './code-offer.tsx';
import { Or } from './door.tsx';
import { PasskeyForm } from './passkey-form.tsx';
import { ProviderButton } from './provider-button.tsx';
import { type Refusal, refusalText } from './refusal-text.ts';

interface ConfirmScreenProps {
  to: string;
  hasPassword: boolean;
  hasPasskeys: boolean;
  hasCodes: boolean;
  /** How the organisation's provider is called, where it can prove who this is. */
  provider: string | null;
  refusal: Refusal | undefined;
}

/** Asks once more who sits here. */
export function ConfirmScreen({ to, hasPassword, hasPasskeys, ...rest }: ConfirmScreenProps) {
  const { t } = useTranslation('account');
  const refused = refusalText(t, rest.refusal);
  const { provider } = rest;
  const takesCode = !hasPassword && rest.hasCodes;
  const isTyped = hasPassword || takesCode;
  const action = `/confirm?to=${encodeURIComponent(to)}`;
  return (
    <Page title={t('confirm.title')}>
      <div className="mx-auto grid w-full max-w-sm gap-3 px-4 py-10">
        <p className="text-muted">{t('confirm.help')}</p>
        {refused ? (
          <p role="alert" className="text-danger">
            {refused}
          </p>
        ) : null}
        {isTyped ? (
          <Form method="post" action={action} reloadDocument className="grid gap-3">
            <input type="hidden" name="to" value={to} />
            {hasPassword ? (
              <TextField
                label={t('password')}
                name="password"
                type="password"
                autoComplete="current-password"
                dir="ltr"
                required
              />
            ) : (
              <CodeField />
            )}
            <Button type="submit" variant="primary">
              {t('confirm.give')}
            </Button>
          </Form>
        ) : null}
        {isTyped && (hasPasskeys || provider !== null) ? <Or>{t('or')}</Or> : null}
        {hasPasskeys ? (
          <PasskeyForm action={action} ask={() => ({ for: 'confirm' })} label={t('passkey.use')}>
            <input type="hidden" name="to" value={to} />
          </PasskeyForm>
        ) : null}
        {provider === null ? null : (
          <ProviderButton
            action="/confirm/provider"
            fields={{ to }}
            label={t('confirm.provider', { name: isolate(provider) })}
          />
        )}
        {isTyped || hasPasskeys || provider !== null ? null : <p>{t('confirm.nothing')}</p>}
      </div>
    </Page>
  );
}
