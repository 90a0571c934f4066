import type { TFunction } from 'i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import type { AuditRow } from '#app/domain/audit/view.ts';
import {
  ActionCell,
  ActorCell,
  LinksCell,
  OutcomeCell,
  RecordedAt,
  RoomCell,
  TargetCell,
} from './audit-cells.tsx';

/** The columns of the log. Its order is time; there is no other to choose. */
export function auditColumns(t: TFunction<'log'>): Column<AuditRow>[] {
  return [
    {
      id: 'at',
      header: t('column.at'),
      cell: ({ at }) => <RecordedAt at={at} />,
      width: 'minmax(6.5rem,0.7fr)',
      isFixed: true,
    },
    {
      id: 'action',
      header: t('column.action'),
      cell: ({ action }) => <ActionCell action={action} />,
      width: 'minmax(11rem,1.6fr)',
      isFixed: true,
    },
    {
      id: 'outcome',
      header: t('column.outcome'),
      cell: ({ outcome }) => <OutcomeCell outcome={outcome} />,
      width: 'minmax(6rem,0.6fr)',
    },
    {
      id: 'actor',
      header: t('column.actor'),
      cell: (row) => <ActorCell row={row} />,
      width: 'minmax(9rem,1.4fr)',
    },
    {
      id: 'target',
      header: t('column.target'),
      cell: (row) => <TargetCell row={row} />,
      width: 'minmax(9rem,1.4fr)',
    },
    {
      id: 'room',
      header: t('words:room'),
      cell: ({ room }) => <RoomCell room={room} />,
      width: 'minmax(7rem,1fr)',
    },
    {
      id: 'links',
      header: t('column.links'),
      cell: (row) => <LinksCell row={row} />,
      width: 'minmax(7rem,0.9fr)',
    },
  ];
}
