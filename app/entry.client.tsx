import { RemixBrowser } from '@remix-run/react';
import { StrictMode, startTransition } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { FALLBACK_LOCALE, isLocale } from './i18n/locales.ts';
import { loadTranslations } from './i18n/strings.client.ts';

/**
 * Waits for the data at the page's end, which Remix otherwise begins to read when first rendered,
 * suspending the whole page: a press just then has React render at once, which fails (error #345).
 */
async function readPageData(): Promise<void> {
  try {
    RemixBrowser({});
  } catch (suspended) {
    // Remix throws this before it calls any hook; had it nothing to read, this is no promise.
    await suspended;
  }
}

async function hydrate(): Promise<void> {
  const { lang } = document.documentElement;
  const [translations] = await Promise.all([
    loadTranslations(isLocale(lang) ? lang : FALLBACK_LOCALE),
    readPageData(),
  ]);
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
