import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Name } from '#app/components/ui/name.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { LinkedIdentity } from '#app/domain/access/account.ts';
import { ProfileForm } from './profile-form.tsx';
import { ProviderButton } from './provider-button.tsx';

interface IdentityCardProps {
  identities: readonly LinkedIdentity[];
  /** How the organisation's own provider is called; null without one. */
  provider: string | null;
}

/** Sign-ins at the organisation's provider that are this account's, and a way to add one. */
export function IdentityCard({ identities, provider }: IdentityCardProps) {
  const { t } = useTranslation('account');
  if (provider === null && identities.length === 0) return null;
  return (
    <Panel title={t('identity.title')}>
      <ul className="grid gap-2">
        {identities.map((each) => (
          <Identity key={`${each.issuer} ${each.subject}`} identity={each} />
        ))}
      </ul>
      {provider === null ? null : <LinkButton provider={provider} />}
    </Panel>
  );
}

function Identity({ identity: { issuer, subject, linkedAt } }: { identity: LinkedIdentity }) {
  const { t } = useTranslation('account');
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 text-sm">
      <span className="min-w-0">
        <Name>{subject}</Name>
        <bdi dir="ltr" className="wrap-anywhere block text-muted text-xs">
          {issuer}
        </bdi>
        <span className="block text-muted text-xs">
          {t('identity.linked')} <RelativeTime at={linkedAt} />
        </span>
      </span>
      <ProfileForm>
        <input type="hidden" name="change" value="identity_removed" />
        <input type="hidden" name="issuer" value={issuer} />
        <input type="hidden" name="id" value={subject} />
        <Button type="submit" variant="danger">
          {t('identity.remove')}
        </Button>
      </ProfileForm>
    </li>
  );
}

function LinkButton({ provider }: { provider: string }) {
  const { t } = useTranslation('account');
  return (
    <div className="grid justify-items-start gap-2">
      <p className="text-muted text-sm">{t('identity.help')}</p>
      <ProviderButton
        action="/profile/link"
        label={t('identity.link', { name: isolate(provider) })}
      />
    </div>
  );
}
