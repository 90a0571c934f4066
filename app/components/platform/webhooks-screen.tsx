import { Link, useNavigate } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { Listing } from '#app/components/ui/data-table/listing.tsx';
import { useList } from '#app/components/ui/data-table/use-list.ts';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useUnfinished } from '#app/components/ui/unfinished.ts';
import type { EndpointRow } from '#app/domain/platform/view.ts';
import { ArrivedCell, EndpointNameCell, EndpointStateCell, TypesCell } from './endpoint-cells.tsx';
import {
  ADDING,
  type AskedEndpoint,
  MakeEndpointDialog,
  USUAL_ENDPOINT,
} from './make-endpoint-dialog.tsx';
import { PlatformTabs } from './platform-tabs.tsx';

const BY_NAME = { column: 'name', descending: false };
const pathOf = ({ id }: EndpointRow) => `/platform/webhooks/${id}`;

/** Where the platform is told of what happens, and whether it arrives. */
export function WebhooksScreen({ endpoints }: { endpoints: readonly EndpointRow[] }) {
  const { t } = useTranslation('platform');
  const columns = useMemo(() => columnsOf(t), [t]);
  const { list } = useList(endpoints, BY_NAME);
  const [making, setMaking] = useState<AskedEndpoint | null>(null);
  useUnfinished<AskedEndpoint>(ADDING, setMaking);
  const navigate = useNavigate();
  return (
    <Page title={t('title')} facts={<PlatformTabs />}>
      <Listing
        label={t('hooks.title')}
        tools={
          <>
            <span className="grow" />
            <Button
              variant="primary"
              icon={<Plus aria-hidden size={16} />}
              onPress={() => setMaking(USUAL_ENDPOINT)}
            >
              {t('hooks.make')}
            </Button>
          </>
        }
        {...list}
        columns={columns}
        onOpen={(row) => navigate(pathOf(row))}
        rowHeight={77}
        empty={<EmptyState title={t('hooks.none.title')}>{t('hooks.none.help')}</EmptyState>}
        card={(row) => <EndpointCard row={row} />}
      />
      {making ? <MakeEndpointDialog begun={making} onClose={() => setMaking(null)} /> : null}
    </Page>
  );
}

/** One of them for a narrow screen. */
function EndpointCard({ row }: { row: EndpointRow }) {
  const { t } = useTranslation('platform');
  return (
    <>
      <EndpointNameCell row={row} />
      <EndpointStateCell row={row} />
      <TypesCell row={row} />
      <div className="flex items-center justify-between gap-3 text-xs">
        <ArrivedCell row={row} />
        <Link to={pathOf(row)} className="target inline-flex items-center text-accent underline">
          {t('open')}
        </Link>
      </div>
    </>
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
