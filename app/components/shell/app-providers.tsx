import { type ReactNode, useEffect } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { ClockProvider, deviceTimeZone } from '#app/components/ui/now.tsx';
import { useLocale } from '#app/i18n/use-locale.ts';
import { rememberTimeZone } from '#app/theme/time-zone.ts';

interface AppProvidersProps {
  /** When the server rendered, in epoch milliseconds, and in which time zone. */
  now: number;
  timeZone: string;
  children: ReactNode;
}

/** What every screen stands on: language and clock. */
export function AppProviders({ now, timeZone, children }: AppProvidersProps) {
  useEffect(() => rememberTimeZone(deviceTimeZone()), []);
  return (
    <I18nProvider locale={useLocale()}>
      <ClockProvider now={now} timeZone={timeZone}>
        {children}
      </ClockProvider>
    </I18nProvider>
  );
}
