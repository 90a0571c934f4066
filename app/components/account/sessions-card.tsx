import { useTranslation } from 'react-i18next';
import { Panel } from '#app/components/ui/panel.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { SessionInfo } from '#app/domain/access/account.ts';
import { ChangeButton } from './change-button.tsx';

/** Where one is signed in; each place can be ended from here. */
export function SessionsCard({ sessions }: { sessions: readonly SessionInfo[] }) {
  const { t } = useTranslation('account');
  const hasOthers = sessions.some(({ isThisOne }) => !isThisOne);
  return (
    <Panel title={t('sessions.title')}>
      <ul className="grid gap-2">
        {sessions.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center justify-between gap-2 text-sm">
            <span className="min-w-0">
              {t(`browser.${each.browser}`)}
              {each.isThisOne ? (
                <span className="ms-2 font-semibold text-ok">{t('sessions.this')}</span>
              ) : null}
              <span className="block text-muted text-xs">
                {t('sessions.seen')} <RelativeTime at={each.seenAt} />
              </span>
            </span>
            {each.isThisOne ? null : (
              <ChangeButton change="session" id={each.id} variant="danger">
                {t('sessions.end')}
              </ChangeButton>
            )}
          </li>
        ))}
      </ul>
      {hasOthers ? <ChangeButton change="sessions">{t('sessions.endOthers')}</ChangeButton> : null}
    </Panel>
  );
}
