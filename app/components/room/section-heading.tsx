import type { ReactNode } from 'react';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

interface SectionHeadingProps {
  id: string;
  children: string;
  count?: number;
  /** A word on the order or the span. */
  note?: string;
  /** Buttons at the end. */
  end?: ReactNode;
}

/** The heading of a part of the screen, with how many there are. */
export function SectionHeading({ id, children, count, note, end }: SectionHeadingProps) {
  const locale = useLocale();
  return (
    <div className="flex min-h-9 items-center gap-2 text-xs">
      <h2 id={id} className="font-semibold text-muted">
        {children}
        {count === undefined ? null : (
          <span className="tabular ms-1.5 text-text">{formatNumber(locale, count)}</span>
        )}
      </h2>
      {note ? <span className="text-muted">{note}</span> : null}
      <span className="grow" />
      {end}
    </div>
  );
}
