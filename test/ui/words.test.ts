import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { REFUSALS } from '#app/domain/rooms/reasons.ts';
import { LOCALES, type Locale } from '#app/i18n/locales.ts';

type Strings = Record<string, string>;
const APP = fileURLToPath(new URL('../../app', import.meta.url));
const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'];
const PLURAL = new RegExp(`_(${CATEGORIES.join('|')})$`);

const namespaces = readdirSync(`${APP}/i18n/en`).map((file) => file.replace(/\.ts$/, ''));
const words = new Map<Locale, Map<string, Strings>>();

beforeAll(async () => {
  for (const locale of LOCALES) {
    const files = readdirSync(`${APP}/i18n/${locale}`);
    const loaded = files.map(async (file): Promise<[string, Strings]> => {
      const module = await import(`${APP}/i18n/${locale}/${file}`);
      return [file.replace(/\.ts$/, ''), module.strings];
    });
    words.set(locale, new Map(await Promise.all(loaded)));
  }
});

const stringsOf = (locale: Locale, namespace: string) => words.get(locale)?.get(namespace) ?? {};
const stem = (key: string) => key.replace(PLURAL, '');
const stems = (strings: Strings) => [...new Set(Object.keys(strings).map(stem))].sort();
const placeholders = (text: string) =>
  [...new Set(text.match(/\{\{\s*\w+/g) ?? [])].map((found) => found.replace(/[{\s]/g, '')).sort();

it.each(LOCALES)('%s has every screen', (locale) => {
  expect([...(words.get(locale)?.keys() ?? [])].sort()).toEqual([...namespaces].sort());
});

describe.each(LOCALES.flatMap((l) => namespaces.map((n) => [l, n] as const)))('%s %s', (l, n) => {
  it('says everything English says, and nothing else', () => {
    expect(stems(stringsOf(l, n))).toEqual(stems(stringsOf('en', n)));
  });

  it('leaves nothing empty', () => {
    const empty = Object.entries(stringsOf(l, n)).filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
  });

  it('fills in the same values', () => {
    const english = stringsOf('en', n);
    for (const [key, text] of Object.entries(stringsOf(l, n))) {
      const source = english[key] ?? english[`${stem(key)}_other`] ?? '';
      // "One person" may leave its number out.
      const optional = PLURAL.test(key) ? ['count'] : [];
      const kept = (names: string[]) => names.filter((name) => !optional.includes(name));
      expect([key, kept(placeholders(text))]).toEqual([key, kept(placeholders(source))]);
    }
  });

  it('has every plural its language needs', () => {
    const strings = stringsOf(l, n);
    const needed = new Intl.PluralRules(l).resolvedOptions().pluralCategories.toSorted();
    const counted = new Set(
      Object.keys(strings)
        .filter((key) => PLURAL.test(key))
        .map(stem),
    );
    for (const key of counted) {
      const present = CATEGORIES.filter((category) => `${key}_${category}` in strings).toSorted();
      expect([key, present]).toEqual([key, needed]);
    }
  });
});

it.each(LOCALES)('%s has words for every refusal', (locale) => {
  expect(Object.keys(stringsOf(locale, 'reasons')).sort()).toEqual([...REFUSALS].sort());
});

it('knows every key the screens ask for', () => {
  const files = readdirSync(APP, { recursive: true, encoding: 'utf8' });
  const missing: string[] = [];
  let asked = 0;
  for (const file of files.filter((name) => /\.tsx?$/.test(name) && !name.startsWith('i18n/'))) {
    const source = readFileSync(`${APP}/${file}`, 'utf8');
    const own = /(?:useTranslation\(\s*|TFunction<)'([\w-]+)'/.exec(source)?.[1] ?? 'common';
    for (const [, key = ''] of source.matchAll(/\bt\(\s*'([^']+)'/g)) {
      asked += 1;
      const [namespace, name] = key.includes(':')
        ? (key.split(':') as [string, string])
        : [own, key];
      if (!stems(stringsOf('en', namespace)).includes(name)) missing.push(`${file}: ${key}`);
    }
  }
  expect(asked).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});
