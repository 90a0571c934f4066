import { RemixBrowser } from '@remix-run/react';
import { StrictMode, startTransition } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { FALLBACK_LOCALE, isLocale } from './i18n/locales.ts';
import { loadTranslations } from './i18n/strings.client.ts';

async function hydrate(): Promise<void> {
  const { lang } = document.documentElement;
  const translations = await loadTranslations(isLocale(lang) ? lang : FALLBACK_LOCALE);
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <I18nextProvider i18n={translations}>
          <RemixBrowser />
        </I18nextProvider>
      </StrictMode>,
    );
  });
}

void hydrate();
