import { Form } from '@remix-run/react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import type { OpenLink } from '#app/domain/access/account.ts';
import { Door, Or } from './door.tsx';
import { PasskeyForm } from './passkey-form.tsx';
import { type Refusal, refusalText } from './refusal-text.ts';

interface FirstCredentialProps {
  purpose: 'invitation' | 'set_up';
  token: string;
  /** Null: to be chosen here. */
  name: string | null;
  offersPasskeys: boolean;
  refusal: Refusal | undefined;
  /** What was typed as a name before. */
  typed?: string;
}

/** What the form is answered with when it doesn't lead on. */
export interface LinkAnswer {
  token: string;
  /** Null when it can't be used (any more). */
  link: OpenLink | null;
  refusal?: Refusal;
  typed?: string;
}

interface LinkScreenProps
  extends Pick<FirstCredentialProps, 'purpose' | 'token' | 'offersPasskeys'> {
  /** Null when it can't be used (any more). */
  link: OpenLink | null;
  answer: LinkAnswer | undefined;
}

/** What an invitation or the set-up link leads to. */
export function LinkScreen({ purpose, offersPasskeys, answer, ...loaded }: LinkScreenProps) {
  const { token, link } = answer ?? loaded;
  if (link === null) return <UnusableLink />;
  return (
    <FirstCredentialScreen
      purpose={purpose}
      token={token}
      name={link.name}
      offersPasskeys={offersPasskeys}
      refusal={answer?.refusal}
      {...(answer?.typed !== undefined && { typed: answer.typed })}
    />
  );
}

/** Where someone invited, or the first admin, chooses how they will sign in. */
function FirstCredentialScreen(props: FirstCredentialProps) {
  const { purpose, token, name, offersPasskeys, refusal } = props;
  const { t } = useTranslation('account');
  const named = useRef<HTMLInputElement>(null);
  const passkeyName = useRef<HTMLInputElement>(null);
  // With the token, so that another language brings the same page again.
  const path = purpose === 'set_up' ? '/set-up' : '/invitation';
  const action = `${path}?token=${encodeURIComponent(token)}`;
  const title = purpose === 'set_up' ? t('setUp.title') : t('invitation.title');
  return (
    <Door
      title={title}
      help={
        name === null ? (
          t('setUp.help')
        ) : (
          <>
            {t('invitation.help')} <Name className="font-semibold text-text">{name}</Name>
          </>
        )
      }
      refused={refusalText(t, refusal)}
    >
      <Form method="post" action={action} reloadDocument className="grid gap-3">
        <input type="hidden" name="token" value={token} />
        {name === null ? (
          <TextField
            ref={named}
            label={t('name')}
            description={t('name.help')}
            name="name"
            autoComplete="username"
            defaultValue={props.typed ?? ''}
            maxLength={128}
            required
          />
        ) : (
          // For password managers, which save a password with its name.
          <input type="hidden" name="name" autoComplete="username" value={name} />
        )}
        <TextField
          label={t('password')}
          description={t('password.rules')}
          name="password"
          type="password"
          autoComplete="new-password"
          dir="ltr"
          required
        />
        <Button type="submit" variant="primary">
          {t('password.choose')}
        </Button>
      </Form>
      {offersPasskeys ? (
        <>
          <Or>{t('or')}</Or>
          <PasskeyForm
            action={action}
            label={t('passkey.choose')}
            ask={() => {
              const typed = named.current?.value ?? '';
              if (passkeyName.current) passkeyName.current.value = typed;
              return { for: 'first', token, name: typed };
            }}
          >
            <input type="hidden" name="token" value={token} />
            <input ref={passkeyName} type="hidden" name="name" defaultValue="" />
          </PasskeyForm>
          <p className="text-center text-muted text-xs">{t('passkey.help')}</p>
        </>
      ) : null}
    </Door>
  );
}

/** A link that opens nothing (any more). */
function UnusableLink() {
  const { t } = useTranslation('account');
  return <Door title={t('unusable.title')} help={t('unusable.help')} />;
}
