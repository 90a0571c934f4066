import {
  formatClock,
  formatDateTime,
  formatDuration,
  formatRelative,
  type Time,
} from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { useNow, useTimeZone } from './now.tsx';

interface TimeProps {
  at: Time;
  className?: string;
}

function useFull(at: Time) {
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  return { dateTime: new Date(at).toISOString(), title: formatDateTime(locale, at, timeZone) };
}

/** "3 minutes ago", kept current; the exact time on hover. */
export function RelativeTime({ at, className }: TimeProps) {
  const text = formatRelative(useLocale(), at, useNow());
  return (
    <time {...useFull(at)} className={className}>
      {text}
    </time>
  );
}

/** The time of day, 24 hours, on this device's clock. */
export function ClockTime({ at, className, seconds = false }: TimeProps & { seconds?: boolean }) {
  const text = formatClock(useLocale(), at, useTimeZone(), seconds);
  return (
    <time {...useFull(at)} className={className}>
      <span className="tabular">{text}</span>
    </time>
  );
}

/** How long something has lasted, running: 0:31:10. */
export function RunningTime({ since, className }: { since: number; className?: string }) {
  return <Duration milliseconds={useNow() - since} {...(className ? { className } : {})} />;
}

/** A length of time. */
export function Duration(props: { milliseconds: number; className?: string }) {
  const seconds = Math.max(0, Math.floor(props.milliseconds / 1000));
  return (
    <time dateTime={`PT${seconds}S`} dir="ltr" className={props.className}>
      <span className="tabular">{formatDuration(props.milliseconds)}</span>
    </time>
  );
}
