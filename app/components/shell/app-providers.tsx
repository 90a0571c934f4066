import { type ReactNode, useEffect } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { ClockProvider, deviceTimeZone } from '#app/components/ui/now.tsx';
import { useLocale } from '#app/i18n/use-locale.ts';
import fonts from '#app/styles/fonts.css?url';
import { rememberTimeZone } from '#app/theme/time-zone.ts';

interface AppProvidersProps {
  /** When the server rendered, in epoch milliseconds, and in which time zone. */
  now: number;
  timeZone: string;
  children: ReactNode;
}

/** What every screen stands on: language, clock, faces for scripts the device lacks. */
export function AppProviders({ now, timeZone, children }: AppProvidersProps) {
  useEffect(() => rememberTimeZone(deviceTimeZone()), []);
  useEffect(loadFonts, []);
  return (
    <I18nProvider locale={useLocale()}>
      <ClockProvider now={now} timeZone={timeZone}>
        {children}
      </ClockProvider>
    </I18nProvider>
  );
}

// After the first view: 200 unicode ranges are not worth holding it up.
function loadFonts(): void {
  if (document.querySelector('link[data-fonts]')) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = fonts;
  link.dataset.fonts = '';
  document.head.append(link);
  document.fonts.addEventListener('loadingdone', () => {
    document.documentElement.toggleAttribute('data-faces');
  });
}
