import { type ReactNode, useEffect } from 'react';
import { ClockProvider, deviceTimeZone } from '#app/components/ui/now.tsx';
import { rememberTimeZone } from '#app/theme/time-zone.ts';

interface AppProvidersProps {
  /** When the server rendered, in epoch milliseconds, and in which time zone. */
  now: number;
  timeZone: string;
  children: ReactNode;
}

/** What every screen stands on: the server's clock and its reader's time zone. */
export function AppProviders({ now, timeZone, children }: AppProvidersProps) {
  useEffect(() => rememberTimeZone(deviceTimeZone()), []);
  return (
    <ClockProvider now={now} timeZone={timeZone}>
      {children}
    </ClockProvider>
  );
}
