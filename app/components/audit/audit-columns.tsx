import type { TFunction } from 'i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import type { AuditRow } from '#app/domain/audit/view.ts';
import {
  ActionCell,
  ActorCell,
  CaseCell,
  LinksCell,
  OutcomeCell,
  ReasonCell,
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
      width: 'minmax(8rem,0.7fr)',
      isFixed: true,
    },
    {
      id: 'action',
      header: t('column.action'),
      cell: (row) => <ActionCell row={row} isInGrid />,
      width: 'minmax(10rem,1.5fr)',
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
      cell: (row) => <ActorCell row={row} isInGrid />,
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
      cell: ({ room }) => <RoomCell room={room} isInGrid />,
      width: 'minmax(7rem,1fr)',
    },
    {
      id: 'reason',
      header: t('column.reason'),
      cell: ({ reason }) => <ReasonCell reason={reason} />,
      width: 'minmax(9rem,1.6fr)',
    },
    {
      id: 'case',
      header: t('column.case'),
      cell: (row) => <CaseCell reference={row.case} isInGrid />,
      width: 'minmax(6rem,0.8fr)',
    },
    {
      id: 'links',
      header: t('column.links'),
      cell: (row) => <LinksCell row={row} isInGrid />,
      width: 'minmax(7rem,0.9fr)',
    },
  ];
}
