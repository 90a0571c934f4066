import type { i18n } from 'i18next';
import { createTranslations } from './instance.ts';
import type { Locale } from './locales.ts';

const load: Record<Locale, () => Promise<{ files: Record<string, Record<string, string>> }>> = {
  en: () => import('./strings-en.ts'),
  'zh-Hans': () => import('./strings-zh-hans.ts'),
  'zh-Hant': () => import('./strings-zh-hant.ts'),
  ug: () => import('./strings-ug.ts'),
};

/** Fetches the strings of one language and no other. */
export async function loadTranslations(locale: Locale): Promise<i18n> {
  const { files } = await load[locale]();
  return createTranslations(locale, files);
}
