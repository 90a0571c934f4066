import { useTranslation } from 'react-i18next';
import { FALLBACK_LOCALE, isLocale, type Locale } from './locales.ts';

/** @returns the language of this page; it never changes without a new page. */
export function useLocale(): Locale {
  const { language } = useTranslation().i18n;
  return isLocale(language) ? language : FALLBACK_LOCALE;
}
