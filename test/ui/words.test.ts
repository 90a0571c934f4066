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

/** What English says, and the one word for it in each of the others. */
const ONE_WORD: [RegExp, Partial<Record<Locale, RegExp>>][] = [
  [/\badmins?\b/i, { 'zh-Hans': /系统管理员/, 'zh-Hant': /系統管理員/, ug: /سىستېما باشقۇرغۇچى/ }],
  [/\boperators?\b/i, { 'zh-Hans': /操作员/, 'zh-Hant': /操作員/, ug: /خىزمەتچى/ }],
  [/\bhosts?\b/i, { 'zh-Hans': /房主/, 'zh-Hant': /房主/, ug: /ساھىبخان/ }],
  [/\bpasskeys?\b/i, { 'zh-Hans': /通行密钥/, 'zh-Hant': /通行密鑰/, ug: /كىرىش ئاچقۇچ/ }],
  [/\baccounts?\b/i, { 'zh-Hans': /账户/, 'zh-Hant': /帳戶/, ug: /ھېسابات/ }],
];

it.each(['zh-Hans', 'zh-Hant', 'ug'] as const)('%s has one word for each thing', (locale) => {
  const other: string[] = [];
  for (const namespace of namespaces) {
    const own = stringsOf(locale, namespace);
    for (const [key, english] of Object.entries(stringsOf('en', namespace))) {
      for (const [said, { [locale]: word }] of ONE_WORD) {
        const text = own[key];
        if (text && word && said.test(english) && !word.test(text)) other.push(`${key}: ${text}`);
      }
    }
  }
  expect(other).toEqual([]);
});

it.each(['zh-Hans', 'zh-Hant'] as const)('%s addresses everyone as 您', (locale) => {
  const all = namespaces.flatMap((namespace) => Object.values(stringsOf(locale, namespace)));
  expect(all.some((text) => text.includes('您'))).toBe(true);
  expect(all.filter((text) => text.includes('你'))).toEqual([]);
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
