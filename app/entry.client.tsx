import { RemixBrowser } from '@remix-run/react';
import { StrictMode, startTransition } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { addTranslations } from './i18n/instance.ts';
import { lateWords, needsNoLateWords, setLateWords } from './i18n/late-words.ts';
import { FALLBACK_LOCALE, isLocale } from './i18n/locales.ts';
import { loadLateFiles, loadTranslations } from './i18n/strings.client.ts';

// When the first view stands: nobody waits for it.
const LATE_WORDS_AFTER = 2_000;

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
  const locale = isLocale(lang) ? lang : FALLBACK_LOCALE;
  const loading = loadTranslations(locale);
  setLateWords(async () => {
    const [files, translations] = await Promise.all([loadLateFiles(locale), loading]);
    addTranslations(translations, files);
  });
  const isEarly = needsNoLateWords(location.pathname);
  const [translations] = await Promise.all([
    loading,
    readPageData(),
    isEarly ? undefined : lateWords(),
  ]);
  if (isEarly) setTimeout(() => void lateWords(), LATE_WORDS_AFTER);
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
