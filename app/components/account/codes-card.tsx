import { useTranslation } from 'react-i18next';
import { Panel } from '#app/components/ui/panel.tsx';
import type { CodeOffer, Factors } from '#app/domain/access/account.ts';
import { ChangeButton } from './change-button.tsx';
import { CodeOfferFields } from './code-offer.tsx';
import { ProfileForm } from './profile-form.tsx';

interface CodesCardProps {
  factors: Factors;
  needsFactor: boolean;
  offer: CodeOffer | null;
}

/** One-time codes, and the recovery codes for the day when they are lost. */
export function CodesCard({ factors, needsFactor, offer }: CodesCardProps) {
  const { t } = useTranslation('account');
  const { hasCodes, passkeys, recoveryCodesLeft } = factors;
  const hasFactor = hasCodes || passkeys.length > 0;
  return (
    <Panel title={t('codes.title')}>
      <p className="text-muted text-sm">{hasCodes ? t('codes.there') : t('codes.none')}</p>
      {needsFactor ? <p className="text-sm">{t('codes.needed')}</p> : null}
      {offer ? (
        <ProfileForm isDocument className="grid max-w-sm gap-3">
          <input type="hidden" name="change" value="codes" />
          <CodeOfferFields offer={offer} />
        </ProfileForm>
      ) : (
        <div className="flex flex-wrap items-center gap-3">
          <a
            href="/profile?set=codes"
            className="target inline-flex items-center text-accent text-sm underline"
          >
            {hasCodes ? t('codes.replace') : t('codes.setUp')}
          </a>
          {hasCodes ? (
            <ChangeButton change="codes_removed" variant="danger">
              {t('codes.remove')}
            </ChangeButton>
          ) : null}
        </div>
      )}
      {hasFactor ? (
        <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
          <span>{t('recovery.left', { count: recoveryCodesLeft })}</span>
          <ChangeButton change="recovery_codes">{t('recovery.renew')}</ChangeButton>
        </div>
      ) : null}
    </Panel>
  );
}
