import { SlidersHorizontal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

/** Filters that are needed less often; open from the start when one of them is set. */
export function MoreFilters({ set, children }: { set: number; children: ReactNode }) {
  const { t } = useTranslation('log');
  const locale = useLocale();
  const [isOpen, setOpen] = useState(set > 0);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="target inline-flex cursor-pointer list-none items-center gap-2 rounded-lg px-2 text-muted text-xs hover:bg-raised">
        <SlidersHorizontal aria-hidden size={16} />
        {t('filter.more')}
        {set > 0 ? <span className="tabular">({formatNumber(locale, set)})</span> : null}
      </summary>
      <div className="grid gap-2 pt-1 *:min-w-0 max-sm:grid-cols-1 sm:grid-cols-3 2xl:grid-cols-6">
        {children}
      </div>
    </details>
  );
}
