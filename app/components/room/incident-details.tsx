import { useTranslation } from 'react-i18next';
import { isolate } from '#app/components/ui/isolate.ts';
import { ClockTime } from '#app/components/ui/time.tsx';
import type { IncidentView } from '#app/domain/rooms/snapshot.ts';
import { formatNumber, formatPercent } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

/** What is known of one incident: its numbers, and what they mean for people. */
export function IncidentDetails({ incident }: { incident: IncidentView }) {
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
