/** The console's languages, as BCP 47 tags. */
export const LOCALES = ['en', 'zh-Hans', 'zh-Hant', 'ug'] as const;
export type Locale = (typeof LOCALES)[number];

export const FALLBACK_LOCALE: Locale = 'en';

/** Each language's name in itself, so that anyone finds their own. */
export const LOCALE_NAMES: Record<Locale, string> = {
  en: 'English',
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
  ug: 'ئۇيغۇرچە',
};

/** Whether a string is one of the console's languages, exactly as written here. */
export function isLocale(value: unknown): value is Locale {
  return typeof value === 'string' && (LOCALES as readonly string[]).includes(value);
}

/** @returns the writing direction of a language: only Uyghur is written right to left here. */
export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return locale === 'ug' ? 'rtl' : 'ltr';
}

/**
 * Finds the console's language for any BCP 47 tag: `zh-TW` is Traditional, `zh-SG` Simplified.
 * @returns null for a malformed tag, a language the console lacks, or Uyghur in another script.
 */
export function matchLocale(tag: string): Locale | null {
  const full = maximize(tag);
  if (!full) return null;
  if (full.language === 'zh') return full.script === 'Hant' ? 'zh-Hant' : 'zh-Hans';
  if (full.language === 'ug') return full.script === 'Arab' ? 'ug' : null;
  return full.language === 'en' ? 'en' : null;
}

function maximize(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return null;
  }
}
