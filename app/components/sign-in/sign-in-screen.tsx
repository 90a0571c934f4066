import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '#app/components/shell/settings-panel.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Name } from '#app/components/ui/name.tsx';

type SignInScreenProps =
  | { state: 'ready'; token: string; signedInAs: string | null }
  | { state: 'refused' | 'tooMany' };

/** The door: one press uses the link up, and nothing else does. */
export function SignInScreen(props: SignInScreenProps) {
  const { t } = useTranslation('sign-in');
  const { state } = props;
  const isRefused = state === 'refused' || state === 'tooMany';
  return (
    <main id="content" tabIndex={-1} className="grid min-h-dvh grid-rows-[1fr_auto] outline-none">
      <div className="mx-auto grid w-full max-w-sm content-center justify-items-center gap-3 px-4 py-10 text-center">
        <img src="/icon.svg" alt="" width={56} height={56} className="rounded-lg" />
        <h1 className="font-semibold text-lg">{t(`${state}.title`)}</h1>
        <p
          role={isRefused ? 'alert' : undefined}
          className={isRefused ? 'text-danger' : 'text-muted'}
        >
          {t(`${state}.help`)}
        </p>
        {props.state === 'ready' ? <UseLink {...props} /> : null}
      </div>
      <div className="mx-auto w-full max-w-48 px-4 pb-6">
        <LanguageChoice />
      </div>
    </main>
  );
}

function UseLink({ token, signedInAs }: { token: string; signedInAs: string | null }) {
  const { t } = useTranslation('sign-in');
  return (
    // A whole new page: whatever an earlier session left in this one goes with it.
    <Form
      method="post"
      action="/sign-in"
      reloadDocument
      className="grid justify-items-center gap-2"
    >
      <input type="hidden" name="token" value={token} />
      <Button type="submit" variant="primary">
        {t('enter')}
      </Button>
      {signedInAs !== null ? (
        <p className="text-muted text-xs">
          {t('replaces')} <Name className="font-semibold">{signedInAs}</Name>
        </p>
      ) : null}
    </Form>
  );
}
