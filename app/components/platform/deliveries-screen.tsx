import { Link } from '@remix-run/react';
import { ArrowLeft } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { Panel } from '#app/components/ui/panel.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { DeliveriesPage, DeliveryRow } from '#app/domain/platform/view.ts';
import {
  AnswerCell,
  DeliveryStateCell,
  deliveryColumns,
  MessageCell,
  ReplayCell,
} from './delivery-columns.tsx';
import { EndpointPanel } from './endpoint-panel.tsx';

const idOf = ({ id }: DeliveryRow) => id;
const LOOK = 'target inline-flex items-center gap-1 px-2 text-accent text-sm underline';

/** One webhook, and what it was sent in the last 30 days. */
export function DeliveriesScreen({ page, isFirst }: { page: DeliveriesPage; isFirst: boolean }) {
  const { t } = useTranslation('platform');
  const { endpoint, deliveries, next } = page;
  const columns = useMemo(() => deliveryColumns(t, endpoint.id), [t, endpoint.id]);
  const isWide = useWide();
  const path = `/platform/webhooks/${endpoint.id}`;
  const empty = <EmptyState title={t('sent.none.title')}>{t('sent.none.help')}</EmptyState>;
  const back = (
    <Link to="/platform/webhooks" className={LOOK}>
      <ArrowLeft aria-hidden size={16} className="rtl:-scale-x-100" />
      {t('hooks.back')}
    </Link>
  );
  return (
    <Page title={<Name>{endpoint.name}</Name>} facts={back}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-3">
        <EndpointPanel row={endpoint} />
        <Panel title={t('sent.title')}>
          {isWide === false ? null : (
            <DataTable
              className="max-h-[60dvh] max-sm:hidden"
              label={t('sent.title')}
              rows={deliveries}
              isOrdered
              rowId={idOf}
              columns={columns}
              rowHeight={53}
              empty={empty}
            />
          )}
          {isWide === true ? null : (
            <div className="sm:hidden">{deliveries.length > 0 ? <Cards page={page} /> : empty}</div>
          )}
          <footer className="flex flex-wrap justify-end gap-3">
            {isFirst ? null : (
              <Link to={path} className={LOOK}>
                {t('sent.newest')}
              </Link>
            )}
            {next === null ? null : (
              <Link to={`${path}?before=${next}`} className={LOOK}>
                {t('sent.older')}
              </Link>
            )}
          </footer>
        </Panel>
      </div>
    </Page>
  );
}

/** The same for a narrow screen, one below the other. */
function Cards({ page: { deliveries, endpoint } }: { page: DeliveriesPage }) {
  const { t } = useTranslation('platform');
  return (
    <ol aria-label={t('sent.title')} className="grid grid-cols-[minmax(0,1fr)] gap-2">
      {deliveries.map((row) => (
        <li
          key={row.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-1 rounded-lg border border-line p-3"
        >
          <MessageCell row={row} />
          <div className="flex items-center justify-between gap-3 text-xs">
            <DeliveryStateCell row={row} />
            <RelativeTime at={row.at} />
          </div>
          <div className="flex items-center justify-between gap-3">
            <AnswerCell row={row} />
            <ReplayCell row={row} endpoint={endpoint.id} />
          </div>
        </li>
      ))}
    </ol>
  );
}
