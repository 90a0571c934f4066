import { Link, useLocation, useNavigation } from '@remix-run/react';
import { ChevronRight, ChevronsLeft } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { AuditPage, AuditQuery, AuditRow } from '#app/domain/audit/view.ts';
import { AuditCards } from './audit-cards.tsx';
import { auditColumns } from './audit-columns.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { isNarrowed, pathOf } from './audit-query.ts';

const idOf = ({ id }: AuditRow) => id;

/** What was recorded, newest first, a page at a time. */
export function AuditScreen({ page, query }: { page: AuditPage; query: AuditQuery }) {
  const { t } = useTranslation('log');
  const columns = useMemo(() => auditColumns(t), [t]);
  const isPending = useNavigation().location?.pathname === '/log';
  const isWide = useWide();
  const { hash } = useLocation();
  const empty = isNarrowed(query) ? (
    <EmptyState title={t('noneFound.title')}>{t('noneFound.help')}</EmptyState>
  ) : (
    <EmptyState title={t('none.title')}>{t('none.help')}</EmptyState>
  );
  return (
    <Page title={t('title')}>
      <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_minmax(0,1fr)_auto]">
        <AuditFilters query={query} isPending={isPending} />
        <div
          aria-busy={isPending}
          className={classes('grid min-h-0 grid-cols-[minmax(0,1fr)]', isPending && 'opacity-60')}
        >
          {isWide === false ? null : (
            <DataTable
              // A page begins at its top.
              key={pathOf(query)}
              className="max-sm:hidden"
              label={t('title')}
              rows={page.rows}
              isOrdered
              rowId={idOf}
              columns={columns}
              current={hash.slice(1) || null}
              rowHeight={49}
              empty={empty}
            />
          )}
          {isWide === true ? null : (
            <div className="sm:hidden">
              {page.rows.length > 0 ? <AuditCards rows={page.rows} label={t('title')} /> : empty}
            </div>
          )}
        </div>
        <Foot page={page} query={query} />
      </div>
    </Page>
  );
}

function Foot({ page, query }: { page: AuditPage; query: AuditQuery }) {
  const { t } = useTranslation('log');
  const { before, ...filters } = query;
  const look = 'target inline-flex items-center gap-1 px-2 text-accent underline';
  return (
    <footer className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-t bg-surface px-3 py-1">
      <p className="min-w-0 grow basis-60 text-muted text-xs">{t('honest')}</p>
      {before !== undefined ? (
        <Link to={pathOf(filters)} className={look}>
          <ChevronsLeft aria-hidden size={16} className="rtl:-scale-x-100" />
          {t('newest')}
        </Link>
      ) : null}
      {page.next !== null ? (
        <Link to={pathOf({ ...filters, before: page.next })} className={look} prefetch="intent">
          {t('older')}
          <ChevronRight aria-hidden size={16} className="rtl:-scale-x-100" />
        </Link>
      ) : page.rows.length > 0 ? (
        <span className="text-muted text-xs">{t('end')}</span>
      ) : null}
    </footer>
  );
}
