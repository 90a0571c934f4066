import type { BrowserFamily } from '#app/domain/access/account.ts';

/** In order: most browsers also claim to be the ones further down. */
const MARKS: readonly [BrowserFamily, RegExp][] = [
  ['firefox', /\b(Firefox|FxiOS)\//],
  ['edge', /\bEdg(e|A|iOS)?\//],
  ['opera', /\b(OPR|OPiOS)\//],
  ['chrome', /\b(Chrome|CriOS|HeadlessChrome)\//],
  ['safari', /\bVersion\/\S+ .*Safari\//],
];

/** The family of a browser, from its User-Agent header: enough to know one's own again, and no more. */
export function browserFamilyOf(userAgent: string | undefined): BrowserFamily {
  return MARKS.find(([, mark]) => mark.test(userAgent ?? ''))?.[0] ?? 'other';
}
