import { TriangleAlert } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { loadLater } from '#app/components/ui/load-later.ts';
import { useNow } from '#app/components/ui/now.tsx';
import { ClockTime } from '#app/components/ui/time.tsx';
import type { IncidentView } from '#app/domain/rooms/snapshot.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { FLOOR_SPAN } from '#app/live/floor-history.ts';
import { useLive } from './room-context.ts';

const Incident = loadLater(async () => (await import('./incident-details.tsx')).IncidentDetails);

const NONE: readonly IncidentView[] = [];

/** The newest incident in one line; a press shows the numbers of all of the last half hour. */
export function IncidentPill() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  const now = useNow();
  const all = useLive('incidents', ({ model }) => model.incidents.all, NONE);
  const recent = all.filter(({ at }) => at > now - FLOOR_SPAN);
  const newest = recent.at(-1);
  if (!newest) return null;
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className={
          'tabular inline-flex min-h-7 items-center gap-1.5 rounded-full border border-warning/50 ' +
          'bg-warning-soft px-2.5 text-warning text-xs hover:border-warning pointer-coarse:min-h-11'
        }
      >
        <TriangleAlert aria-hidden size={14} />
        {t(`incident.${newest.kind}.line`, {
          n: formatNumber(locale, newest.people),
          seconds: formatNumber(locale, newest.seconds),
        })}{' '}
        <ClockTime at={newest.at} />
      </button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={t('incident.title')}>
        <Suspense fallback={null}>
          {recent.toReversed().map((incident) => (
            <Incident key={incident.id} incident={incident} />
          ))}
        </Suspense>
      </Dialog>
    </>
  );
}
