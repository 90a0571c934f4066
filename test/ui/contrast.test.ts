import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../app/styles/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name, { light, dark }] as const,
  ),
);

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const GROUNDS = ['canvas', 'surface', 'raised'];
const TEXT: [ink: string, ground: string][] = [
  ...['text', 'muted', 'accent', 'danger', 'warning', 'ok'].flatMap((ink) =>
    GROUNDS.map((ground): [string, string] => [ink, ground]),
  ),
  ...['accent', 'danger', 'warning', 'ok'].map((ink): [string, string] => [ink, `${ink}-soft`]),
  ...['text', 'muted'].map((ink): [string, string] => [ink, 'accent-soft']),
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
];
const EDGES = ['control', 'focus', 'accent'].flatMap((ink) =>
  GROUNDS.map((ground): [string, string] => [ink, ground]),
);

describe.each(['light', 'dark'] as const)('colours in %s', (theme) => {
  const of = (name: string) => {
    const value = tokens.get(name)?.[theme];
    if (!value) throw new Error(`tokens.css has no --${name} as a pair of six-digit colours`);
    return value;
  };
  it.each(TEXT)('%s is legible on %s', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  it.each(EDGES)('the edge %s stands out from %s', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(3);
  });
});

it('knows black on white as 21', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});
