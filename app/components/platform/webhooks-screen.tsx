import { Link, useNavigate } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import type { Column, Sort } from '#app/components/ui/data-table/columns.ts';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { EndpointRow } from '#app/domain/platform/view.ts';
import { ArrivedCell, EndpointNameCell, EndpointStateCell, TypesCell } from './endpoint-cells.tsx';
import { MakeEndpointDialog } from './make-endpoint-dialog.tsx';
import { PlatformTabs } from './platform-tabs.tsx';

const idOf = ({ id }: EndpointRow) => id;
const pathOf = ({ id }: EndpointRow) => `/platform/webhooks/${id}`;

/** Where the platform is told of what happens, and whether it arrives. */
export function WebhooksScreen({ endpoints }: { endpoints: readonly EndpointRow[] }) {
  const { t } = useTranslation('platform');
  const columns = useMemo(() => columnsOf(t), [t]);
  const [sort, setSort] = useState<Sort | null>({ column: 'name', descending: false });
  const [isMaking, setMaking] = useState(false);
  const isWide = useWide();
  const navigate = useNavigate();
  const empty = <EmptyState title={t('hooks.none.title')}>{t('hooks.none.help')}</EmptyState>;
  return (
    <Page title={t('title')} facts={<PlatformTabs />}>
      <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_minmax(0,1fr)]">
        <section
          aria-label={t('hooks.title')}
          className="flex justify-end border-line border-b bg-surface px-3 py-2"
        >
          <Button
            variant="primary"
            icon={<Plus aria-hidden size={16} />}
            onPress={() => setMaking(true)}
          >
            {t('hooks.make')}
          </Button>
        </section>
        {isWide === false ? null : (
          <DataTable
            className="max-sm:hidden"
            label={t('hooks.title')}
            rows={endpoints}
            rowId={idOf}
            columns={columns}
            sort={sort}
            onSort={setSort}
            onOpen={(row) => navigate(pathOf(row))}
            rowHeight={77}
            empty={empty}
          />
        )}
        {isWide === true ? null : (
          <div className="sm:hidden">
            {endpoints.length > 0 ? <Cards endpoints={endpoints} /> : empty}
          </div>
        )}
      </div>
      {isMaking ? <MakeEndpointDialog onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

/** The same for a narrow screen, one below the other. */
function Cards({ endpoints }: { endpoints: readonly EndpointRow[] }) {
  const { t } = useTranslation('platform');
  return (
    <ol aria-label={t('hooks.title')} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
      {endpoints.map((row) => (
        <li
          key={row.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line bg-surface p-3"
        >
          <EndpointNameCell row={row} />
          <EndpointStateCell row={row} />
          <TypesCell row={row} />
          <div className="flex items-center justify-between gap-3 text-xs">
            <ArrivedCell row={row} />
            <Link
              to={pathOf(row)}
              className="target inline-flex items-center text-accent underline"
            >
              {t('open')}
            </Link>
          </div>
        </li>
      ))}
    </ol>
  );
}

function columnsOf(t: TFunction<'platform'>): Column<EndpointRow>[] {
  return [
    {
      id: 'name',
      header: t('column.name'),
      cell: (row) => <EndpointNameCell row={row} />,
      sortBy: ({ name }) => name,
      width: 'minmax(12rem,1.6fr)',
      isFixed: true,
    },
    {
      id: 'types',
      header: t('column.types'),
      cell: (row) => <TypesCell row={row} />,
      width: 'minmax(14rem,2fr)',
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: (row) => <EndpointStateCell row={row} />,
      sortBy: ({ state }) => state,
      width: 'minmax(10rem,1.2fr)',
      isFixed: true,
    },
    {
      id: 'arrived',
      header: t('column.arrived'),
      cell: (row) => <ArrivedCell row={row} />,
      sortBy: ({ lastDeliveredAt }) =>
        lastDeliveredAt === null ? undefined : Date.parse(lastDeliveredAt),
      largestFirst: true,
      width: 'minmax(8rem,1fr)',
    },
  ];
}
