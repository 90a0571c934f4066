import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Locale } from './locales.ts';

/** Namespaces by file path, as import.meta.glob gives them. */
export type Files = Record<string, Record<string, string>>;

/**
 * Makes the i18next instance of one language; all of its strings are at hand, so nothing suspends.
 * @param files namespaces by file path, as import.meta.glob gives them.
 */
export function createTranslations(locale: Locale, files: Files): i18n {
  const namespaces = namespacesOf(files);
  const instance = createInstance();
  instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    supportedLngs: false,
    load: 'currentOnly',
    ns: Object.keys(namespaces),
    defaultNS: 'common',
    resources: { [locale]: namespaces },
    keySeparator: false,
    initImmediate: false,
    returnNull: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  if (Intl.PluralRules.supportedLocalesOf(locale).length === 0) countLike(instance, 'en');
  return instance;
}

/** Adds namespaces to those an instance was made with. */
export function addTranslations(instance: i18n, files: Files): void {
  for (const [namespace, strings] of Object.entries(namespacesOf(files))) {
    instance.addResourceBundle(instance.language, namespace, strings);
  }
}

function namespacesOf(files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, strings]) => [namespaceOf(path), strings]),
  );
}

function namespaceOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '');
}

// Browsers ship no Uyghur data and would count by the device's language; its plurals are English's.
function countLike(instance: i18n, language: string): void {
  const resolver = instance.services.pluralResolver;
  const getRule = resolver.getRule.bind(resolver);
  resolver.getRule = (_code: string, options?: object) => getRule(language, options);
}
