import type { TFunction } from 'i18next';
import { Ban, Check, Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { useNow, useTimeZone } from '#app/components/ui/now.tsx';
import { Pill, Status } from '#app/components/ui/pill.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { KeyRow } from '#app/domain/platform/view.ts';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { NamedCell } from './named-cell.tsx';

/** Whether calls by this key are taken. */
export function isActive({ revokedAt, expiresAt }: KeyRow, now: number): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now);
}

/** What people call it, and how it can be told from its secret. */
export function KeyNameCell({ row }: { row: KeyRow }) {
  return <NamedCell name={row.name} code={`rsk_${row.id}`} />;
}

/** What it may do. */
export function ScopesCell({ row }: { row: KeyRow }) {
  const { t } = useTranslation('platform');
  return (
    <span className="flex flex-wrap gap-1">
      {row.scopes.map((scope) => (
        <Pill key={scope}>{t(`scope.${scope}`)}</Pill>
      ))}
    </span>
  );
}

/** Whether it holds and until when: an icon and words. */
export function KeyStateCell({ row }: { row: KeyRow }) {
  const { t } = useTranslation('platform');
  const [locale, timeZone, now] = [useLocale(), useTimeZone(), useNow()];
  if (row.revokedAt !== null) {
    return (
      <Status tone="danger" icon={<Ban aria-hidden size={14} className="shrink-0" />}>
        {t('state.revoked')}
      </Status>
    );
  }
  if (!isActive(row, now)) {
    return (
      <Status icon={<Clock aria-hidden size={14} className="shrink-0" />}>
        {t('state.expired')}
      </Status>
    );
  }
  if (row.expiresAt === null) {
    return (
      <Status tone="ok" icon={<Check aria-hidden size={14} className="shrink-0" />}>
        {t('state.on')}
      </Status>
    );
  }
  const time = formatDateTime(locale, row.expiresAt, timeZone);
  const isReplaced = row.replacedBy !== null;
  return (
    <Status
      tone={isReplaced ? 'warning' : 'ok'}
      icon={<Clock aria-hidden size={14} className="shrink-0" />}
    >
      {isReplaced ? t('state.replaced', { time }) : t('state.ends', { time })}
    </Status>
  );
}

/** When a call was last made with it. */
export function UsedCell({ row }: { row: KeyRow }) {
  const { t } = useTranslation('platform');
  if (row.lastUsedAt === null) return <span className="text-muted">{t('never')}</span>;
  return <RelativeTime at={row.lastUsedAt} />;
}

/** The columns of the list of keys. */
export function keyColumns(t: TFunction<'platform'>): Column<KeyRow>[] {
  return [
    {
      id: 'name',
      header: t('column.name'),
      cell: (row) => <KeyNameCell row={row} />,
      sortBy: ({ name }) => name,
      width: 'minmax(10rem,1.4fr)',
      isFixed: true,
    },
    {
      id: 'scopes',
      header: t('column.scopes'),
      cell: (row) => <ScopesCell row={row} />,
      width: 'minmax(13rem,1.6fr)',
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: (row) => <KeyStateCell row={row} />,
      width: 'minmax(15rem,1.6fr)',
      isFixed: true,
    },
    {
      id: 'used',
      header: t('column.used'),
      cell: (row) => <UsedCell row={row} />,
      sortBy: ({ lastUsedAt }) => (lastUsedAt === null ? undefined : Date.parse(lastUsedAt)),
      largestFirst: true,
      width: 'minmax(8rem,1fr)',
    },
    {
      id: 'made',
      header: t('column.made'),
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      sortBy: ({ createdAt }) => Date.parse(createdAt),
      largestFirst: true,
      width: 'minmax(8rem,1fr)',
    },
  ];
}
