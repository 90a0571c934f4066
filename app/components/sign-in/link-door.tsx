import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '#app/components/shell/settings-panel.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Name } from '#app/components/ui/name.tsx';

interface LinkDoorProps {
  title: string;
  help: string;
  isRefused: boolean;
  /** Null: there is nothing to press. */
  use: LinkUse | null;
}

interface LinkUse {
  action: '/sign-in' | '/host';
  token: string;
  /** Whoever is signed in here until then. */
  signedInAs: string | null;
  label: string;
}

/** The door that a link leads to: one press uses the link up, and nothing else does. */
export function LinkDoor({ title, help, isRefused, use }: LinkDoorProps) {
  return (
    <main id="content" tabIndex={-1} className="grid min-h-dvh grid-rows-[1fr_auto] outline-none">
      <div className="mx-auto grid w-full max-w-sm content-center justify-items-center gap-3 px-4 py-10 text-center">
        <img src="/icon.svg" alt="" width={56} height={56} className="rounded-lg" />
        <h1 className="font-semibold text-lg">{title}</h1>
        <p
          role={isRefused ? 'alert' : undefined}
          className={isRefused ? 'text-danger' : 'text-muted'}
        >
          {help}
        </p>
        {use ? <UseLink {...use} /> : null}
      </div>
      <div className="mx-auto w-full max-w-48 px-4 pb-6">
        <LanguageChoice />
      </div>
    </main>
  );
}

function UseLink({ action, token, signedInAs, label }: LinkUse) {
  const { t } = useTranslation('sign-in');
  return (
    // A whole new page: whatever an earlier session left in this one goes with it.
    <Form method="post" action={action} reloadDocument className="grid justify-items-center gap-2">
      <input type="hidden" name="token" value={token} />
      <Button type="submit" variant="primary">
        {label}
      </Button>
      {signedInAs !== null ? (
        <p className="text-muted text-xs">
          {t('replaces')} <Name className="font-semibold">{signedInAs}</Name>
        </p>
      ) : null}
    </Form>
  );
}
