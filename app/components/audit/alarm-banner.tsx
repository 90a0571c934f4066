import { Download, ShieldAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { announceNow } from '#app/components/ui/live-region.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Alarm } from '#app/live/log-check/kept.ts';
import { acknowledgeNow } from '#app/live/log-check/log-check.ts';
import { downloadEvidence } from './download-evidence.ts';

/** Across every screen, until someone pins anew: the log contradicts what this browser saw. */
export function AlarmBanner({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const [isAsking, setAsking] = useState(false);
  const when = isolate(formatDateTime(locale, alarm.kept?.at ?? alarm.at, timeZone));
  const what = t(`alarm.${alarm.kind}`, { when });
  useEffect(() => announceNow(`${t('alarm.title')}. ${what}`), [t, what]);
  return (
    <section
      aria-label={t('alarm.title')}
      className="flex flex-wrap items-start gap-x-4 gap-y-2 border-danger border-b-2 bg-danger px-4 py-2 text-on-danger"
    >
      <ShieldAlert aria-hidden size={24} className="mt-1 shrink-0" />
      <div className="min-w-0 grow basis-72">
        <p className="font-semibold text-md">{t('alarm.title')}</p>
        <p className="text-sm">{what}</p>
        <p className="text-sm">{t('alarm.advice')}</p>
        <code dir="ltr" className="block text-start font-mono text-xs rtl:text-right">
          {alarm.fault}
        </code>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          icon={<Download aria-hidden size={16} />}
          onPress={() => downloadEvidence('alarm', [alarm])}
        >
          {t('alarm.download')}
        </Button>
        <Button onPress={() => setAsking(true)}>{t('alarm.pin')}</Button>
      </div>
      <Dialog
        role="alertdialog"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('alarm.pinTitle')}
      >
        <PinForm alarm={alarm} onClose={() => setAsking(false)} />
      </Dialog>
    </section>
  );
}

function PinForm({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const { t } = useTranslation('log');
  const [isPending, setPending] = useState(false);
  const [failed, setFailed] = useState(false);
  const pin = async () => {
    setPending(true);
    setFailed(false);
    const isDone = await acknowledgeNow(alarm).catch(() => false);
    setPending(false);
    setFailed(!isDone);
    if (isDone) onClose();
  };
  return (
    <>
      <p className="text-sm">{t('alarm.pinConsequence')}</p>
      {failed ? (
        <p role="alert" className="text-danger text-sm">
          {t('alarm.pinFailed')}
        </p>
      ) : null}
      <footer className="flex flex-wrap justify-end gap-2 max-sm:grid max-sm:grid-cols-1">
        <Button onPress={onClose}>{t('common:cancel')}</Button>
        <Button variant="danger-solid" isPending={isPending} onPress={() => void pin()}>
          {t('alarm.pinConfirm')}
        </Button>
      </footer>
    </>
  );
}
