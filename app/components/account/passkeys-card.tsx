import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Name } from '#app/components/ui/name.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import { useKeepUnfinished, useUnfinished } from '#app/components/ui/unfinished.ts';
import type { PasskeyInfo } from '#app/domain/access/account.ts';
import { ChangeButton } from './change-button.tsx';
import { PasskeyForm } from './passkey-form.tsx';

/** Name under which what a new passkey is called waits for a fresh proof. */
const NAMING = 'passkey';

interface PasskeysCardProps {
  passkeys: readonly PasskeyInfo[];
  offersPasskeys: boolean;
  /** Whether one proved lately who one is. */
  isRecent: boolean;
}

/** The account's passkeys, and a form for one more. */
export function PasskeysCard({ passkeys, offersPasskeys, isRecent }: PasskeysCardProps) {
  const { t } = useTranslation('account');
  const keepUnfinished = useKeepUnfinished();
  const [label, setLabel] = useState('');
  useUnfinished<string>(NAMING, setLabel);
  // Before the device makes one that would not be taken.
  const refuse = () => {
    if (isRecent) return undefined;
    keepUnfinished(NAMING, label);
    return { reason: 'reauthenticate' } as const;
  };
  return (
    <Panel title={t('passkeys.title')}>
      {passkeys.length === 0 ? <p className="text-muted text-sm">{t('passkeys.none')}</p> : null}
      <ul className="grid gap-2">
        {passkeys.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center justify-between gap-2 text-sm">
            <span className="min-w-0">
              {each.label === '' ? t('passkeys.unnamed') : <Name>{each.label}</Name>}
              <span className="block text-muted text-xs">
                {t('passkeys.added')} <RelativeTime at={each.createdAt} />
              </span>
            </span>
            <ChangeButton change="passkey_removed" id={each.id} variant="danger">
              {t('passkeys.remove')}
            </ChangeButton>
          </li>
        ))}
      </ul>
      {offersPasskeys ? (
        <div className="max-w-sm">
          <PasskeyForm
            action="/profile"
            ask={() => ({ for: 'register' })}
            refuse={refuse}
            label={t('passkey.add')}
          >
            <input type="hidden" name="change" value="passkey" />
            <TextField
              label={t('passkeys.label')}
              description={t('passkeys.labelHelp')}
              name="label"
              maxLength={60}
              value={label}
              onChange={(event) => setLabel(event.currentTarget.value)}
            />
          </PasskeyForm>
        </div>
      ) : (
        <p className="text-muted text-sm">{t('passkeys.notHere')}</p>
      )}
    </Panel>
  );
}
