import { Link, useLocation, useNavigate, useNavigation } from '@remix-run/react';
import { Eye } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { ColumnChoice } from '#app/components/ui/data-table/column-choice.tsx';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { AuditPage, AuditRow, SavedView } from '#app/domain/audit/view.ts';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { AuditCards } from './audit-cards.tsx';
import { auditColumns } from './audit-columns.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditFoot } from './audit-foot.tsx';
import {
  firstPageOf,
  isNarrowed,
  type LogAddress,
  pathOf,
  pathOfEvent,
  searchOf,
} from './audit-query.ts';
import { ExportButton } from './export-dialog.tsx';
import { LogCheckLine } from './log-check-line.tsx';
import { SavedViews } from './saved-views.tsx';

const idOf = ({ id }: AuditRow) => id;
// Cases come with reports; until one is asked for, the column is only in the way.
const HIDDEN_AT_FIRST = 'case';

interface AuditScreenProps {
  page: AuditPage;
  views: readonly SavedView[];
  query: LogAddress;
}

/** What was recorded, newest first, a page at a time. */
export function AuditScreen({ page, views, query }: AuditScreenProps) {
  const { t } = useTranslation('log');
  const columns = useMemo(() => auditColumns(t), [t]);
  const hide = query.hide ?? HIDDEN_AT_FIRST;
  const hidden = useMemo(() => new Set(hide.split(',').filter(Boolean)), [hide]);
  const isPending = useNavigation().location?.pathname === '/log';
  const isWide = useWide();
  const { hash } = useLocation();
  const navigate = useNavigate();
  const empty = <Empty page={page} query={query} />;
  const search = searchOf(firstPageOf(query));
  return (
    <Page title={t('title')} facts={<LogCheckLine shown={page.rows[0]?.at} />}>
      <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_auto_minmax(0,1fr)_auto]">
        <AuditFilters query={query} isPending={isPending} />
        <section
          aria-label={t('tools.label')}
          className="flex items-center border-line border-b bg-surface px-1 *:shrink-0 max-sm:overflow-x-auto sm:flex-wrap"
        >
          <SavedViews views={views} search={search} />
          <ExportButton search={search} />
          <Link
            to="/log/reads"
            className="target inline-flex items-center gap-2 rounded-lg px-3 text-xs hover:bg-raised"
          >
            <Eye aria-hidden size={16} />
            {t('reads.link')}
          </Link>
          <span className="grow" />
          <ColumnChoice
            columns={columns}
            hidden={hidden}
            onChange={(next) =>
              navigate(pathOf({ ...query, hide: [...next].join(',') }), {
                replace: true,
                preventScrollReset: true,
              })
            }
          />
        </section>
        <div
          aria-busy={isPending}
          className={classes('grid min-h-0 grid-cols-[minmax(0,1fr)]', isPending && 'opacity-60')}
        >
          {isWide === false ? null : (
            <DataTable
              // A page begins at its top.
              key={JSON.stringify({ ...query, hide: undefined })}
              className="max-sm:hidden"
              label={t('title')}
              rows={page.rows}
              isOrdered
              rowId={idOf}
              columns={columns}
              hidden={hidden}
              current={hash.slice(1) || null}
              onOpen={({ id }) => navigate(pathOfEvent(id))}
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
        <AuditFoot page={page} query={query} />
      </div>
    </Page>
  );
}

function Empty({ page, query }: Pick<AuditScreenProps, 'page' | 'query'>) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  if (page.lookedBackTo !== null) {
    const time = isolate(formatDateTime(locale, page.lookedBackTo, timeZone));
    return (
      <EmptyState title={t('lookedBack.none', { time })}>
        <p>{t('lookedBack.help')}</p>
      </EmptyState>
    );
  }
  return isNarrowed(query) ? (
    <EmptyState title={t('noneFound.title')}>{t('noneFound.help')}</EmptyState>
  ) : (
    <EmptyState title={t('none.title')}>{t('none.help')}</EmptyState>
  );
}
