import type { i18n } from 'i18next';
import { createTranslations } from './instance.ts';
import { files as lateEn } from './late-en.ts';
import { files as lateUg } from './late-ug.ts';
import { files as lateZhHans } from './late-zh-hans.ts';
import { files as lateZhHant } from './late-zh-hant.ts';
import type { Locale } from './locales.ts';
import { files as en } from './strings-en.ts';
import { files as ug } from './strings-ug.ts';
import { files as zhHans } from './strings-zh-hans.ts';
import { files as zhHant } from './strings-zh-hant.ts';

const instances: Record<Locale, i18n> = {
  en: createTranslations('en', { ...en, ...lateEn }),
  'zh-Hans': createTranslations('zh-Hans', { ...zhHans, ...lateZhHans }),
  'zh-Hant': createTranslations('zh-Hant', { ...zhHant, ...lateZhHant }),
  ug: createTranslations('ug', { ...ug, ...lateUg }),
};

/** @returns the shared, never-changing translations of a language. */
export function translationsOf(locale: Locale): i18n {
  return instances[locale];
}
