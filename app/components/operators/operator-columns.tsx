import type { TFunction } from 'i18next';
import { Ban, Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { Name } from '#app/components/ui/name.tsx';
import { Pill, Status } from '#app/components/ui/pill.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import type { OperatorInfo } from '#app/domain/access/operators.ts';

/** Whose account it is. */
export function WhoCell({ row }: { row: OperatorInfo }) {
  const { t } = useTranslation('operators');
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Name isLine className="font-medium">
        {row.name}
      </Name>
      {row.isYou ? <Pill>{t('you')}</Pill> : null}
    </span>
  );
}

/** The roles they have; what each may do is in the table of roles. */
export function RolesCell({ row }: { row: OperatorInfo }) {
  const { t } = useTranslation('operators');
  if (row.roles.length === 0) return <span className="text-muted text-sm">{t('noRoles')}</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {row.roles.map((role) => (
        <Pill key={role} tone={role === 'admin' ? 'warning' : 'plain'}>
          {t(`words:operator.${role}`)}
        </Pill>
      ))}
    </span>
  );
}

/** Whether they may come in: an icon and a word. */
export function StateCell({ row }: { row: OperatorInfo }) {
  const { t } = useTranslation('operators');
  return row.disabledAt === null ? (
    <Status tone="ok" icon={<Check aria-hidden size={14} className="shrink-0" />}>
      {t('active')}
    </Status>
  ) : (
    <Status tone="danger" icon={<Ban aria-hidden size={14} className="shrink-0" />}>
      {t('disabled')}
    </Status>
  );
}

/** When a session that still holds was last used. */
export function SeenCell({ row }: { row: OperatorInfo }) {
  const { t } = useTranslation('operators');
  const [latest] = row.sessions;
  if (!latest) return <span className="text-muted">{t('notSignedIn')}</span>;
  return <RelativeTime at={latest.seenAt} />;
}

/** The columns of the list of operators. */
export function operatorColumns(t: TFunction<'operators'>): Column<OperatorInfo>[] {
  return [
    {
      id: 'name',
      header: t('column.name'),
      cell: (row) => <WhoCell row={row} />,
      sortBy: ({ name }) => name,
      width: 'minmax(10rem,1.4fr)',
      isFixed: true,
    },
    {
      id: 'roles',
      header: t('column.roles'),
      cell: (row) => <RolesCell row={row} />,
      sortBy: ({ roles }) => roles.join(' '),
      width: 'minmax(12rem,2fr)',
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: (row) => <StateCell row={row} />,
      sortBy: ({ disabledAt }) => (disabledAt === null ? 0 : 1),
      width: 'minmax(7rem,0.7fr)',
    },
    {
      id: 'seen',
      header: t('column.seen'),
      cell: (row) => <SeenCell row={row} />,
      sortBy: ({ sessions: [latest] }) => latest && Date.parse(latest.seenAt),
      largestFirst: true,
      width: 'minmax(9rem,1fr)',
    },
  ];
}
