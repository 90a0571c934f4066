import { createCookie } from '@remix-run/node';
import { LanguageDetector } from 'remix-i18next/server';
import { FALLBACK_LOCALE, isLocale, LOCALES, type Locale, matchLocale } from './locales.ts';

const YEAR_IN_SECONDS = 31_536_000;

/** The language someone chose in the shell; absent until they choose. */
export const localeCookie = createCookie('rostrum_locale', {
  path: '/',
  sameSite: 'lax',
  httpOnly: true,
  maxAge: YEAR_IN_SECONDS,
});

const detector = new LanguageDetector({
  supportedLanguages: [...LOCALES],
  fallbackLanguage: FALLBACK_LOCALE,
  cookie: localeCookie,
  order: ['cookie', 'custom'],
  findLocale: async (request) => preferredLocale(request.headers.get('accept-language') ?? ''),
});

/** @returns the chosen language, or the first of Accept-Language the console speaks, or English. */
export async function detectLocale(request: Request): Promise<Locale> {
  const found = await detector.detect(request);
  return isLocale(found) ? found : FALLBACK_LOCALE;
}

/**
 * Reads an Accept-Language header (RFC 9110, section 12.5.4).
 * @returns the best language the console speaks, or null.
 */
export function preferredLocale(header: string): Locale | null {
  const wishes = header.split(',').map((part) => {
    const [tag = '', ...params] = part.trim().split(';');
    const quality = params.map((p) => p.trim()).find((p) => p.startsWith('q='));
    return { tag: tag.trim(), quality: quality ? Number(quality.slice(2)) : 1 };
  });
  const best = wishes.filter((wish) => wish.quality > 0).sort((a, b) => b.quality - a.quality);
  for (const { tag } of best) {
    const locale = matchLocale(tag);
    if (locale) return locale;
  }
  return null;
}
