import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Code } from '#app/components/ui/panel.tsx';
import { THROTTLED } from '#app/domain/access/throttled.ts';
import { READ_PURPOSES } from '#app/domain/audit/view.ts';
import type { Citation } from '#app/domain/policies/citation.ts';
import { REFUSALS } from '#app/domain/rooms/reasons.ts';
import { REPORT_CATEGORIES } from '#app/domain/rooms/report-categories.ts';
import { ROLES } from '#app/domain/rooms/state.ts';
import { formatClock, formatDate, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

// Keys whose numbers are instants, in milliseconds since the epoch.
const INSTANTS: ReadonlySet<string> = new Set(['hand', 'removed_until', 'calm_until']);

/** A recorded value in words where its key is known; else as it was recorded. */
export function FieldValue({ name, value }: { name: string; value: unknown }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  if (value === null || value === undefined) {
    return (
      <span className="text-muted">
        {name === 'removed_until' ? t('value.roomEnd') : t('value.none')}
      </span>
    );
  }
  if (typeof value === 'boolean') return <span>{value ? t('value.yes') : t('value.no')}</span>;
  if (typeof value === 'number') {
    if (!INSTANTS.has(name)) return <span>{formatNumber(locale, value, 3)}</span>;
    return (
      <time dateTime={new Date(value).toISOString()} className="tabular">
        {formatDate(locale, value, timeZone)} {formatClock(locale, value, timeZone, true)}
      </time>
    );
  }
  if (typeof value === 'string') {
    const words = wordsFor(name, value);
    return words ? <span>{t(words)}</span> : <bdi className="whitespace-pre-wrap">{value}</bdi>;
  }
  if (name === 'policy' && isCitation(value)) return <Cited {...value} />;
  return <Code>{JSON.stringify(value, null, 1)}</Code>;
}

function isCitation(value: object): value is Citation {
  return 'code' in value && 'version' in value;
}

/** The clause that an act rested on, as it stood then. */
function Cited({ code, version }: Citation) {
  const { t } = useTranslation('log');
  return (
    <Link to={`/policies?version=${version}#${code}`} className="text-accent underline">
      {t('value.clause', { code, version })}
    </Link>
  );
}

/** @returns the key of a value's words, where what was recorded is one of a few. */
function wordsFor(name: string, value: string): string | null {
  const isOne = (all: readonly string[]) => all.includes(value);
  if (name === 'role' && isOne(ROLES)) return `words:role.${value}`;
  if (name === 'category' && isOne(REPORT_CATEGORIES)) return `room:category.${value}`;
  if (name === 'purpose' && isOne(READ_PURPOSES)) return `log:purpose.${value}`;
  if (name === 'limit' && isOne(THROTTLED)) return `log:limit.${value}`;
  if (name === 'refusal' && isOne(REFUSALS)) return `reasons:${value}`;
  return null;
}
