import { useNavigate } from '@remix-run/react';
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { useShortcut } from '#app/components/ui/shortcuts.ts';
import { EmptyState } from '#app/components/ui/states.tsx';
import type { AuditEventView } from '#app/domain/audit/view.ts';
import { isKnownAction } from './action-names.ts';
import { OutcomeCell } from './audit-cells.tsx';
import { EventChange } from './event-change.tsx';
import { EventFacts } from './event-facts.tsx';
import { EventFields } from './event-fields.tsx';
import { EventLinks } from './event-links.tsx';
import { EventProofPanel } from './event-proof.tsx';
import { LogCheckLine } from './log-check-line.tsx';

/** One event, whole: what, who, whom, when, what changed, why, what belongs to it, and its proof. */
export function EventScreen({ event }: { event: AuditEventView }) {
  const { t } = useTranslation('log');
  const { action } = event;
  return (
    <Page
      title={isKnownAction(action) ? t(`action.${action}`) : <bdi dir="ltr">{action}</bdi>}
      facts={
        <>
          <OutcomeCell outcome={event.outcome} />
          <LogCheckLine shown={event.at} />
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-4">
          <Back />
          <EventFacts event={event} />
          <EventChange fields={event.fields} />
          <EventFields event={event} />
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-4">
          <EventProofPanel event={event} />
          <EventLinks event={event} />
        </div>
      </div>
    </Page>
  );
}

/** The address names no event. */
export function EventMissing() {
  const { t } = useTranslation('log');
  return (
    <Page title={t('event.title')}>
      <EmptyState title={t('event.notFound.title')} actions={<Back />}>
        {t('event.notFound.help')}
      </EmptyState>
    </Page>
  );
}

/** To the page of the log one came from, filters and all; to the log from anywhere else. */
function Back() {
  const { t } = useTranslation('log');
  const navigate = useNavigate();
  const back = () => {
    // Remix counts the pages of this console: the first one has nothing of ours behind it.
    const isFirst = (window.history.state?.idx ?? 0) === 0;
    if (isFirst) navigate('/log');
    else navigate(-1);
  };
  useShortcut('b', t('event.back'), back);
  return (
    <div>
      <Button
        variant="ghost"
        icon={<ArrowLeft aria-hidden size={16} className="rtl:-scale-x-100" />}
        onPress={back}
        shortcut="B"
      >
        {t('event.back')}
      </Button>
    </div>
  );
}
