import { Link } from '@remix-run/react';
import { ChevronLeft, ChevronRight, ChevronsLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import type { AuditPage } from '#app/domain/audit/view.ts';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { firstPageOf, type LogAddress, pathOf } from './audit-query.ts';

const LOOK = 'target inline-flex items-center gap-1 px-2 text-accent underline';

/** The way to newer and older pages, and how far back this one looked. */
export function AuditFoot({ page, query }: { page: AuditPage; query: LogAddress }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const filters = firstPageOf(query);
  const isNewest = query.before === undefined && query.after === undefined;
  const { lookedBackTo, next, previous } = page;
  const time = lookedBackTo === null ? '' : isolate(formatDateTime(locale, lookedBackTo, timeZone));
  return (
    <footer className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-t bg-surface px-3 py-1">
      <p className="min-w-0 grow basis-60 text-muted text-xs">
        {lookedBackTo === null ? null : t('lookedBack', { time })}
      </p>
      {isNewest ? null : (
        <Link to={pathOf(filters)} className={LOOK}>
          <ChevronsLeft aria-hidden size={16} className="rtl:-scale-x-100" />
          {t('newest')}
        </Link>
      )}
      {previous === null || isNewest ? null : (
        <Link to={pathOf({ ...filters, after: previous })} className={LOOK}>
          <ChevronLeft aria-hidden size={16} className="rtl:-scale-x-100" />
          {t('newer')}
        </Link>
      )}
      {next !== null ? (
        <Link to={pathOf({ ...filters, before: next })} className={LOOK} prefetch="intent">
          {lookedBackTo === null ? t('older') : t('goOn')}
          <ChevronRight aria-hidden size={16} className="rtl:-scale-x-100" />
        </Link>
      ) : page.rows.length > 0 ? (
        <span className="text-muted text-xs">{t('end')}</span>
      ) : null}
    </footer>
  );
}
