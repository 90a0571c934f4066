import { Ban, Check, CircleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Pill, Status } from '#app/components/ui/pill.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { EndpointRow } from '#app/domain/platform/view.ts';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { NamedCell } from './named-cell.tsx';

const WHY = { admin: 'state.off', failing: 'state.gaveUp', gone: 'state.gone' } as const;

/** Whether messages arrive there: an icon and words. */
export function EndpointStateCell({ row }: { row: EndpointRow }) {
  const { t } = useTranslation('platform');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  if (row.disabledWhy !== null) {
    const isAlert = row.state === 'alert';
    return (
      <Status
        tone={isAlert ? 'danger' : 'plain'}
        icon={<Ban aria-hidden size={14} className="shrink-0" />}
      >
        {t(WHY[row.disabledWhy])}
      </Status>
    );
  }
  return row.failingSince !== null ? (
    <Status
      tone={row.state === 'alert' ? 'danger' : 'warning'}
      icon={<CircleAlert aria-hidden size={14} className="shrink-0" />}
    >
      {t('state.failing', { time: formatDateTime(locale, row.failingSince, timeZone) })}
    </Status>
  ) : (
    <Status tone="ok" icon={<Check aria-hidden size={14} className="shrink-0" />}>
      {t('state.on')}
    </Status>
  );
}

/** What people call it, and where it is. */
export function EndpointNameCell({ row }: { row: EndpointRow }) {
  return <NamedCell name={row.name} code={row.url} />;
}

/** What it is told of. */
export function TypesCell({ row }: { row: EndpointRow }) {
  const { t } = useTranslation('platform');
  return (
    <span className="flex flex-wrap gap-1">
      {row.types.map((type) => (
        <Pill key={type}>{t(`type.${type}`)}</Pill>
      ))}
    </span>
  );
}

/** When a message last arrived there. */
export function ArrivedCell({ row }: { row: EndpointRow }) {
  const { t } = useTranslation('platform');
  if (row.lastDeliveredAt === null) return <span className="text-muted">{t('never')}</span>;
  return <RelativeTime at={row.lastDeliveredAt} />;
}
