import { Link } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { CircleSlash, Eye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Status } from '#app/components/ui/pill.tsx';
import { READ_PURPOSES, type ReadRow } from '#app/domain/audit/view.ts';
import { formatClock, formatList } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { isKnownAction } from './action-names.ts';
import { Party, RecordedAt } from './audit-cells.tsx';
import { pathOfEvent } from './audit-query.ts';
import { fieldName } from './field-names.ts';

/** Whether the value was shown: an icon and words. */
export function ReleasedCell({ at }: { at: string | null }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  return at === null ? (
    <Status icon={<CircleSlash aria-hidden size={14} className="shrink-0" />}>
      {t('reads.notReleased')}
    </Status>
  ) : (
    <Status tone="warning" icon={<Eye aria-hidden size={14} className="shrink-0" />}>
      {t('reads.released', { time: formatClock(locale, at, timeZone, true) })}
    </Status>
  );
}

/** About whom. */
export function SubjectCell({ row }: { row: ReadRow }) {
  if (row.subjectRef === null) return <span className="text-muted">–</span>;
  return <Party name={row.subjectName} reference={row.subjectRef} />;
}

/** Which fields of which event; leads to it. */
export function WhatCell({ row, isInGrid }: { row: ReadRow; isInGrid?: boolean }) {
  const { t } = useTranslation('log');
  const locale = useLocale();
  const { action, eventId } = row;
  const fields = formatList(
    locale,
    row.fields.map((name) => fieldName(t, 'field', name)),
  );
  const of = action !== null && isKnownAction(action) ? t(`action.${action}`) : action;
  return (
    <span className="block min-w-0">
      <span className="block truncate font-medium">{fields || '–'}</span>
      {eventId === null ? null : (
        <Link
          to={pathOfEvent(eventId)}
          {...(isInGrid ? { tabIndex: -1 } : {})}
          className="block truncate text-accent text-xs underline"
        >
          {of ?? t('reads.event')}
        </Link>
      )}
    </span>
  );
}

/** Why, by its kind and in words. */
export function PurposeCell({ row }: { row: ReadRow }) {
  const { t } = useTranslation('log');
  const known = READ_PURPOSES.find((one) => one === row.purpose);
  return (
    <span className="block min-w-0">
      <span className="block truncate">{known ? t(`purpose.${known}`) : row.purpose}</span>
      <bdi title={row.why} className="block truncate text-muted text-xs">
        {row.why}
      </bdi>
    </span>
  );
}

/** The columns of the log of reads; its order is time. */
export function readsColumns(t: TFunction<'log'>): Column<ReadRow>[] {
  return [
    {
      id: 'at',
      header: t('reads.when'),
      cell: ({ at }) => <RecordedAt at={at} />,
      width: 'minmax(8rem,0.7fr)',
      isFixed: true,
    },
    {
      id: 'by',
      header: t('reads.by'),
      cell: ({ actorName, actorRef }) => <Party name={actorName} reference={actorRef} />,
      width: 'minmax(9rem,1.2fr)',
      isFixed: true,
    },
    {
      id: 'of',
      header: t('reads.of'),
      cell: (row) => <SubjectCell row={row} />,
      width: 'minmax(9rem,1.2fr)',
    },
    {
      id: 'what',
      header: t('reads.what'),
      cell: (row) => <WhatCell row={row} isInGrid />,
      width: 'minmax(9rem,1.2fr)',
    },
    {
      id: 'purpose',
      header: t('reads.purpose'),
      cell: (row) => <PurposeCell row={row} />,
      width: 'minmax(10rem,1.8fr)',
    },
    {
      id: 'shown',
      header: t('reads.shown'),
      cell: ({ releasedAt }) => <ReleasedCell at={releasedAt} />,
      width: 'minmax(8rem,0.8fr)',
    },
  ];
}
