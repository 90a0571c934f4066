import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { useNow } from '#app/components/ui/now.tsx';
import { ClockTime } from '#app/components/ui/time.tsx';
import type { IncidentView } from '#app/domain/rooms/snapshot.ts';
import { formatNumber, formatPercent } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { FLOOR_SPAN } from '#app/live/floor-history.ts';
import { isolate } from './isolate.ts';
import { useLive } from './room-context.ts';

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
        {recent.toReversed().map((incident) => (
          <Incident key={incident.id} incident={incident} />
        ))}
      </Dialog>
    </>
  );
}

function Incident({ incident }: { incident: IncidentView }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { kind } = incident;
  const n = (value: number) => formatNumber(locale, value);
  const rows: [string, string][] =
    kind === 'sudden_drop'
      ? [
          [t('incident.left'), n(incident.people)],
          [t('incident.within'), t('incident.seconds', { n: n(incident.seconds) })],
          [t('incident.share'), formatPercent(locale, incident.share)],
          [t('incident.returned'), n(incident.returned)],
          [t('incident.elsewhere'), n(incident.returnedElsewhere)],
        ]
      : [
          [t('incident.joined'), n(incident.people)],
          [t('incident.within'), t('incident.seconds', { n: n(incident.seconds) })],
          [t('incident.branchShare'), formatPercent(locale, incident.share)],
          [t('incident.inviter'), isolate(incident.inviterName ?? '–')],
        ];
  return (
    <section className="grid gap-2">
      <h3 className="font-semibold">
        {t(`incident.${kind}.title`)} · <ClockTime at={incident.at} seconds />
      </h3>
      <p className="text-muted">{t(`incident.${kind}.help`)}</p>
      <dl className="tabular grid grid-cols-[1fr_auto] gap-x-4 gap-y-1">
        {rows.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="text-end">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
