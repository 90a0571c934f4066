import type { Locale } from './locales.ts';

/** An instant: milliseconds since the Unix epoch, or an ISO 8601 string. */
export type Time = number | string;

type Unit = 'second' | 'minute' | 'hour' | 'day';

// Browsers carry no Uyghur data and would answer in the device's language, so that the server and
// the browser would disagree: Uyghur gets its own patterns here, on both sides.
const UYGHUR_AGO: Record<Unit, string> = {
  second: 'سېكۇنت ئىلگىرى',
  minute: 'مىنۇت ئىلگىرى',
  hour: 'سائەت ئىلگىرى',
  day: 'كۈن ئىلگىرى',
};
const UYGHUR_AHEAD: Record<Unit, string> = {
  second: 'سېكۇنتتىن كېيىن',
  minute: 'مىنۇتتىن كېيىن',
  hour: 'سائەتتىن كېيىن',
  day: 'كۈندىن كېيىن',
};

const INTL_TAG: Record<Locale, string> = {
  en: 'en',
  'zh-Hans': 'zh-Hans',
  'zh-Hant': 'zh-Hant',
  // Uyghur writes numbers and 24-hour times with these same digits and separators.
  ug: 'en',
};

/** @returns a number with the language's grouping, at most `digits` decimals. */
export function formatNumber(locale: Locale, value: number, digits = 0): string {
  return number(locale, { maximumFractionDigits: digits }).format(value);
}

/** @returns a share in 0..1 as a whole percentage. */
export function formatPercent(locale: Locale, share: number): string {
  return number(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** @returns "a, b and c" as the language writes it. */
export function formatList(locale: Locale, items: readonly string[]): string {
  if (locale !== 'ug') return new Intl.ListFormat(INTL_TAG[locale]).format(items);
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join('، ')} ۋە ${items.at(-1)}`;
}

/** @returns the time of day, 24 hours, e.g. 08:41 (with seconds: 08:41:07). */
export function formatClock(locale: Locale, time: Time, timeZone: string, seconds = false): string {
  return dateTime(locale, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' as const } : {}),
    hourCycle: 'h23',
  }).format(new Date(time));
}

/** @returns the date and time of day, without seconds. */
export function formatDateTime(locale: Locale, time: Time, timeZone: string): string {
  const clock = formatClock(locale, time, timeZone);
  return `${formatDate(locale, time, timeZone)} ${clock}`;
}

/** @returns the day; in Uyghur as year-month-day in digits. */
export function formatDate(locale: Locale, time: Time, timeZone: string): string {
  const date = new Date(time);
  if (locale !== 'ug') return dateTime(locale, { timeZone, dateStyle: 'medium' }).format(date);
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(date);
}

/** @returns "3 minutes ago" or "in 3 minutes", in the largest fitting unit up to days. */
export function formatRelative(locale: Locale, time: Time, now: number): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const [unit, size] = unitFor(Math.abs(seconds));
  const amount = Math.trunc(seconds / size);
  if (locale !== 'ug') return relative(locale).format(amount, unit);
  if (amount === 0) return 'ھازىر';
  const words = amount < 0 ? UYGHUR_AGO : UYGHUR_AHEAD;
  return `${formatNumber(locale, Math.abs(amount))} ${words[unit]}`;
}

/** @returns a length of time as a running clock: 2:14, 0:31:10, 170:04:09. Milliseconds in. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function unitFor(seconds: number): [Unit, number] {
  if (seconds < 60) return ['second', 1];
  if (seconds < 3600) return ['minute', 60];
  if (seconds < 86_400) return ['hour', 3600];
  return ['day', 86_400];
}

// Building an Intl formatter costs far more than using it, and rosters use them by the thousand.
const formatters = new Map<string, unknown>();
function remembered<T>(key: string, make: () => T): T {
  const found = formatters.get(key);
  if (found) return found as T;
  const made = make();
  formatters.set(key, made);
  return made;
}

function number(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n ${locale} ${JSON.stringify(options)}`;
  return remembered(key, () => new Intl.NumberFormat(INTL_TAG[locale], options));
}

function dateTime(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d ${locale} ${JSON.stringify(options)}`;
  return remembered(key, () => new Intl.DateTimeFormat(INTL_TAG[locale], options));
}

function relative(locale: Locale): Intl.RelativeTimeFormat {
  const make = () => new Intl.RelativeTimeFormat(INTL_TAG[locale], { numeric: 'auto' });
  return remembered(`r ${locale}`, make);
}
