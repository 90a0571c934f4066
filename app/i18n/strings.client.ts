import type { i18n } from 'i18next';
import { createTranslations, type Files } from './instance.ts';
import type { Locale } from './locales.ts';

type Load = Record<Locale, () => Promise<{ files: Files }>>;

const first: Load = {
  en: () => import('./strings-en.ts'),
  'zh-Hans': () => import('./strings-zh-hans.ts'),
  'zh-Hant': () => import('./strings-zh-hant.ts'),
  ug: () => import('./strings-ug.ts'),
};

const late: Load = {
  en: () => import('./late-en.ts'),
  'zh-Hans': () => import('./late-zh-hans.ts'),
  'zh-Hant': () => import('./late-zh-hant.ts'),
  ug: () => import('./late-ug.ts'),
};

/** Fetches the strings of one language and no other: at first those of the rooms. */
export async function loadTranslations(locale: Locale): Promise<i18n> {
  const { files } = await first[locale]();
  return createTranslations(locale, files);
}

/** Fetches the strings of all other screens. */
export async function loadLateFiles(locale: Locale): Promise<Files> {
  return (await late[locale]()).files;
}
