import { Link, useNavigate, useNavigation } from '@remix-run/react';
import { ArrowLeft, ChevronRight, ChevronsLeft } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { Fact, Facts } from '#app/components/ui/panel.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { ReadRow, ReadsPage, ReadsQuery } from '#app/domain/audit/view.ts';
import { Party, RecordedAt } from './audit-cells.tsx';
import { pathOfEvent } from './audit-query.ts';
import {
  PurposeCell,
  ReleasedCell,
  readsColumns,
  SubjectCell,
  WhatCell,
} from './reads-columns.tsx';
import { ReadsFilters } from './reads-filters.tsx';
import { pathOfReads } from './reads-query.ts';

const idOf = ({ id }: ReadRow) => id;
const LOOK = 'target inline-flex items-center gap-1 px-2 text-accent underline';

/** Who asked to see what is sealed, about whom, why, and whether it was shown. */
export function ReadsScreen({ page, query }: { page: ReadsPage; query: ReadsQuery }) {
  const { t } = useTranslation('log');
  const columns = useMemo(() => readsColumns(t), [t]);
  const isPending = useNavigation().location?.pathname === '/log/reads';
  const isWide = useWide();
  const navigate = useNavigate();
  const { before, ...filters } = query;
  const isNarrowed = Object.keys(filters).length > 0;
  const empty = isNarrowed ? (
    <EmptyState title={t('reads.noneFound.title')}>{t('noneFound.help')}</EmptyState>
  ) : (
    <EmptyState title={t('reads.none.title')}>{t('reads.none.help')}</EmptyState>
  );
  const back = (
    <Link to="/log" className={LOOK}>
      <ArrowLeft aria-hidden size={16} className="rtl:-scale-x-100" />
      {t('event.back')}
    </Link>
  );
  return (
    <Page title={t('reads.title')} facts={back}>
      <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_minmax(0,1fr)_auto]">
        <ReadsFilters query={query} isPending={isPending} />
        <div
          aria-busy={isPending}
          className={classes('grid min-h-0 grid-cols-[minmax(0,1fr)]', isPending && 'opacity-60')}
        >
          {isWide === false ? null : (
            <DataTable
              key={pathOfReads(query)}
              className="max-sm:hidden"
              label={t('reads.title')}
              rows={page.rows}
              isOrdered
              rowId={idOf}
              columns={columns}
              onOpen={({ eventId }) => eventId && navigate(pathOfEvent(eventId))}
              rowHeight={49}
              empty={empty}
            />
          )}
          {isWide === true ? null : (
            <div className="sm:hidden">
              {page.rows.length > 0 ? <Cards rows={page.rows} label={t('reads.title')} /> : empty}
            </div>
          )}
        </div>
        <footer className="flex flex-wrap items-center justify-end gap-x-3 border-line border-t bg-surface px-3 py-1">
          {before === undefined ? null : (
            <Link to={pathOfReads(filters)} className={LOOK}>
              <ChevronsLeft aria-hidden size={16} className="rtl:-scale-x-100" />
              {t('newest')}
            </Link>
          )}
          {page.next !== null ? (
            <Link to={pathOfReads({ ...filters, before: page.next })} className={LOOK}>
              {t('older')}
              <ChevronRight aria-hidden size={16} className="rtl:-scale-x-100" />
            </Link>
          ) : page.rows.length > 0 ? (
            <span className="py-2 text-muted text-xs">{t('end')}</span>
          ) : null}
        </footer>
      </div>
    </Page>
  );
}

/** The same for a narrow screen, one below the other. */
function Cards({ rows, label }: { rows: readonly ReadRow[]; label: string }) {
  const { t } = useTranslation('log');
  return (
    <ol aria-label={label} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
      {rows.map((row) => (
        <li
          key={row.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line bg-surface p-3"
        >
          <div className="flex items-start justify-between gap-3">
            <WhatCell row={row} />
            <span className="shrink-0 text-end">
              <RecordedAt at={row.at} />
            </span>
          </div>
          <ReleasedCell at={row.releasedAt} />
          <Facts>
            <Fact name={t('reads.by')}>
              <Party name={row.actorName} reference={row.actorRef} />
            </Fact>
            <Fact name={t('reads.of')}>
              <SubjectCell row={row} />
            </Fact>
            <Fact name={t('reads.purpose')}>
              <PurposeCell row={row} />
            </Fact>
          </Facts>
        </li>
      ))}
    </ol>
  );
}
