import type { TFunction } from 'i18next';
import { Check, CircleAlert, Clock, RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Status } from '#app/components/ui/pill.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import { type DeliveryRow, WEBHOOK_TYPES } from '#app/domain/platform/view.ts';
import { formatClock } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { useAct } from './use-act.ts';

const MARKS = {
  delivered: ['ok', <Check key="i" aria-hidden size={14} className="shrink-0" />],
  pending: ['warning', <Clock key="i" aria-hidden size={14} className="shrink-0" />],
  failed: ['danger', <CircleAlert key="i" aria-hidden size={14} className="shrink-0" />],
} as const;

/** What it told, and by which id. */
export function MessageCell({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation('platform');
  const known = WEBHOOK_TYPES.find((type) => type === row.type);
  return (
    <span className="block min-w-0">
      <span className="block truncate font-medium">{known ? t(`type.${known}`) : row.type}</span>
      <code dir="ltr" className="block truncate text-start text-muted text-xs rtl:text-right">
        {row.messageId}
      </code>
    </span>
  );
}

/** Whether it arrived; while it waits, when the next try is. */
export function DeliveryStateCell({ row }: { row: DeliveryRow }) {
  const { t } = useTranslation('platform');
  const [tone, icon] = MARKS[row.state];
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const next = row.attempts > 0 ? row.nextAttemptAt : null;
  return (
    <Status tone={tone} icon={icon}>
      {next === null
        ? t(`sent.${row.state}`)
        : t('sent.next', { time: formatClock(locale, next, timeZone, true) })}
    </Status>
  );
}

/** What the other side last answered: a status, or why none came. */
export function AnswerCell({ row }: { row: DeliveryRow }) {
  return (
    <code dir="ltr" className="text-xs">
      {row.lastError ?? row.lastStatus ?? '–'}
    </code>
  );
}

interface ReplayProps {
  row: DeliveryRow;
  endpoint: string;
  isInGrid?: boolean;
}

/** Sends it once more, under the same id. */
export function ReplayCell({ row, endpoint, isInGrid }: ReplayProps) {
  const { t } = useTranslation('platform');
  const { act, answer, isPending } = useAct();
  if (row.state === 'pending') return null;
  return (
    <span className="flex items-center gap-2">
      <Button
        className="text-xs"
        icon={<RotateCw aria-hidden size={14} />}
        isPending={isPending}
        {...(isInGrid ? { tabIndex: -1 } : {})}
        onPress={() =>
          void act({ changeEndpoint: { change: 'replay', endpoint, delivery: row.id } })
        }
      >
        {t('sent.replay')}
      </Button>
      <Refusal of="platform" answer={answer} />
    </span>
  );
}

/** The columns of what an endpoint was sent; its order is time. */
export function deliveryColumns(t: TFunction<'platform'>, endpoint: string): Column<DeliveryRow>[] {
  return [
    {
      id: 'message',
      header: t('column.message'),
      cell: (row) => <MessageCell row={row} />,
      width: 'minmax(12rem,2fr)',
      isFixed: true,
    },
    {
      id: 'at',
      header: t('column.when'),
      cell: ({ at }) => <RelativeTime at={at} />,
      width: 'minmax(7rem,1fr)',
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: (row) => <DeliveryStateCell row={row} />,
      width: 'minmax(8rem,1fr)',
      isFixed: true,
    },
    {
      id: 'tries',
      header: t('column.tries'),
      cell: ({ attempts }) => <span className="tabular">{attempts}</span>,
      width: 'minmax(4rem,0.5fr)',
    },
    {
      id: 'answer',
      header: t('column.answer'),
      cell: (row) => <AnswerCell row={row} />,
      width: 'minmax(7rem,1fr)',
    },
    {
      id: 'replay',
      header: t('sent.replay'),
      cell: (row) => <ReplayCell row={row} endpoint={endpoint} isInGrid />,
      width: 'minmax(9rem,1fr)',
      isFixed: true,
    },
  ];
}
