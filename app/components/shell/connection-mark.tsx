import { LoaderCircle, Radio, WifiOff } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { announce, announceNow } from '#app/components/ui/live-region.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Pill } from '#app/components/ui/pill.tsx';
import { formatClock } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

/** How true the screen is: `since` is the time of the last thing heard, in epoch milliseconds. */
export type Connection =
  | { state: 'live' }
  | { state: 'connecting' }
  | { state: 'reconnecting'; since: number }
  | { state: 'stale'; since: number };

/** Says whether the screen is live, and since when it is not; losing the connection is read out. */
export function ConnectionMark({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const text =
    'since' in connection
      ? t(`connection.${connection.state}`, {
          time: formatClock(locale, connection.since, timeZone, true),
        })
      : t(`connection.${connection.state}`);

  const { state } = connection;
  const isLost = 'since' in connection;
  const last = useRef(state);
  useEffect(() => {
    if (last.current === state) return;
    last.current = state;
    if (isLost) announceNow(text);
    else announce(text, 'connection');
  }, [state, isLost, text]);

  if (connection.state === 'live') {
    return (
      <Pill tone="ok" icon={<Radio aria-hidden size={14} />}>
        {text}
      </Pill>
    );
  }
  if (connection.state === 'connecting') {
    return (
      <Pill icon={<LoaderCircle aria-hidden size={14} className="animate-spin" />}>{text}</Pill>
    );
  }
  return (
    <Pill tone="warning" icon={<WifiOff aria-hidden size={14} />}>
      {text}
    </Pill>
  );
}
