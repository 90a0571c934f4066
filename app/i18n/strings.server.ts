import type { i18n } from 'i18next';
import { createTranslations } from './instance.ts';
import type { Locale } from './locales.ts';
import { files as en } from './strings-en.ts';
import { files as ug } from './strings-ug.ts';
import { files as zhHans } from './strings-zh-hans.ts';
import { files as zhHant } from './strings-zh-hant.ts';

const instances: Record<Locale, i18n> = {
  en: createTranslations('en', en),
  'zh-Hans': createTranslations('zh-Hans', zhHans),
  'zh-Hant': createTranslations('zh-Hant', zhHant),
  ug: createTranslations('ug', ug),
};

/** @returns the shared, never-changing translations of a language. */
export function translationsOf(locale: Locale): i18n {
  return instances[locale];
}
