import { useRouteLoaderData } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { LanguageChoice, ThemeChoice } from '#app/components/shell/settings-panel.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import { saveChoices, useShortcutChoices } from '#app/components/ui/shortcuts.ts';
import type { AccountContext, CodeOffer, Profile } from '#app/domain/access/account.ts';
import type { Theme } from '#app/theme/theme.ts';
import { CodesCard } from './codes-card.tsx';
import { ExposureCard } from './exposure-card.tsx';
import { IdentityCard } from './identity-card.tsx';
import { PasskeysCard } from './passkeys-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { type Refusal, refusalText } from './refusal-text.ts';
import { SessionsCard } from './sessions-card.tsx';

interface ProfileScreenProps {
  profile: Profile;
  /** A secret to set one-time codes up with; null: not asked for. */
  offer: CodeOffer | null;
  offers: AccountContext['offers'];
  /** New recovery codes, shown this once. */
  codes: readonly string[] | null;
  refusal: Refusal | undefined;
}

/** One's own account. */
export function ProfileScreen({ profile, offer, offers, ...rest }: ProfileScreenProps) {
  const { t } = useTranslation('account');
  const refused = refusalText(t, rest.refusal);
  const { factors, identities, sessions, needsFactor } = profile;
  return (
    <Page title={t('profile.title')} facts={<Name className="text-muted">{profile.name}</Name>}>
      <div className="mx-auto grid w-full max-w-2xl gap-4 px-4 py-4">
        {refused ? (
          <p role="alert" className="text-danger">
            {refused}
          </p>
        ) : null}
        {rest.codes ? (
          <Panel title={t('recovery.title')}>
            <RecoveryCodes codes={rest.codes} />
            <p className="text-muted text-sm">{t('recovery.once')}</p>
          </Panel>
        ) : null}
        {profile.isRecent ? null : (
          <p className="text-sm">
            {t('profile.confirmFirst')}{' '}
            <a href="/confirm?to=/profile" className="text-accent underline">
              {t('confirm.title')}
            </a>
          </p>
        )}
        <PasswordCard hasPassword={factors.hasPassword} />
        <PasskeysCard
          passkeys={factors.passkeys}
          offersPasskeys={offers.passkeys}
          isRecent={profile.isRecent}
        />
        <CodesCard factors={factors} needsFactor={needsFactor} offer={offer} />
        <IdentityCard identities={identities} provider={offers.provider} />
        <SessionsCard sessions={sessions} />
        <ExposureCard />
        <DeviceCard />
      </div>
    </Page>
  );
}

/** How the console looks and listens on this device. */
function DeviceCard() {
  const { t } = useTranslation('account');
  const choices = useShortcutChoices();
  const root = useRouteLoaderData('root') as { theme?: Theme } | undefined;
  return (
    <Panel title={t('device.title')}>
      <div className="grid gap-3 sm:grid-cols-2">
        <LanguageChoice />
        <ThemeChoice theme={root?.theme ?? 'system'} />
      </div>
      <Checkbox checked={!choices.off} onChange={(on) => saveChoices({ ...choices, off: !on })}>
        {t('common:menu.keys')}
      </Checkbox>
    </Panel>
  );
}
