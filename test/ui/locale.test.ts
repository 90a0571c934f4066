import { describe, expect, it } from 'vitest';
import { preferredLocale } from '#app/i18n/detect.server.ts';
import {
  formatClock,
  formatDate,
  formatDuration,
  formatList,
  formatRelative,
} from '#app/i18n/format.ts';
import { directionOf, matchLocale } from '#app/i18n/locales.ts';

describe('the language of a reader', () => {
  it.each([
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['ug-CN', 'ug'],
    ['ug-Cyrl', null],
    ['en-GB', 'en'],
    ['fr', null],
    ['not a tag', null],
  ])('%s is %s', (tag, locale) => {
    expect(matchLocale(tag)).toBe(locale);
  });

  it('follows the weights of Accept-Language, not its order', () => {
    expect(preferredLocale('en;q=0.5, zh-TW;q=0.9, fr')).toBe('zh-Hant');
  });

  it('passes over what is refused or unknown', () => {
    expect(preferredLocale('ug;q=0, fr-FR')).toBeNull();
    expect(preferredLocale('')).toBeNull();
  });

  it('turns the page around for Uyghur only', () => {
    expect(directionOf('ug')).toBe('rtl');
    expect(directionOf('zh-Hant')).toBe('ltr');
  });
});

describe('times, lengths and lists', () => {
  const now = Date.UTC(2021, 1, 6, 12, 0, 0);

  it('says how long ago in each language', () => {
    expect(formatRelative('en', now - 180_000, now)).toBe('3 minutes ago');
    expect(formatRelative('zh-Hans', now - 180_000, now)).toBe('3分钟前');
    expect(formatRelative('ug', now - 180_000, now)).toBe('3 مىنۇت ئىلگىرى');
    expect(formatRelative('ug', now + 7_200_000, now)).toBe('2 سائەتتىن كېيىن');
    expect(formatRelative('ug', now, now)).toBe('ھازىر');
  });

  it('tells the time of the place, 24 hours', () => {
    expect(formatClock('en', now, 'Asia/Urumqi')).toBe('18:00');
    expect(formatClock('ug', '2021-02-06T18:05:09.000Z', 'UTC', true)).toBe('18:05:09');
    expect(formatClock('en', Date.UTC(2021, 0, 1), 'UTC')).toBe('00:00');
  });

  it('writes a Uyghur date in digits, the same in every browser', () => {
    expect(formatDate('ug', now, 'UTC')).toBe('2021-02-06');
  });

  it.each([
    [134_000, '2:14'],
    [1_870_000, '31:10'],
    [612_249_000, '170:04:09'],
    [-5, '0:00'],
  ])('%i ms last %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('joins names as the language does', () => {
    expect(formatList('en', ['A', 'B', 'C'])).toBe('A, B, and C');
    expect(formatList('zh-Hant', ['A', 'B', 'C'])).toBe('A、B和C');
    expect(formatList('ug', ['A', 'B', 'C'])).toBe('A، B ۋە C');
    expect(formatList('ug', ['A'])).toBe('A');
  });
});
