import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const checkout = resolve(import.meta.dirname, '../..');
const lines = readFileSync(join(checkout, 'docs/security.md'), 'utf8').split('\n');
const threats = ['moderator', 'credential', 'administrator', 'insider', 'network attacker'];

/** Rows of the tables below the headings of threats: what is tried, the counter, the tests. */
function rowsOf(heading: string): string[][] {
  const from = lines.findIndex((line) => line.startsWith('## ') && line.includes(heading));
  const rest = lines.slice(from + 1);
  const until = rest.findIndex((line) => line.startsWith('## '));
  return rest
    .slice(0, until)
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const cited = threats.flatMap((threat) =>
  rowsOf(threat).flatMap(([what = '', , shown = '']) =>
    [...shown.matchAll(/`(test\/[\w./-]+)`: "([^"]+)"/g)].map(
      ([, file = '', title = '']) => [what, file, title] as const,
    ),
  ),
);

describe('the threat model', () => {
  it.each(threats)('has a counter and a test for each line about a %s', (threat) => {
    const rows = rowsOf(threat);
    expect(rows.length).toBeGreaterThan(3);
    for (const [what, counter = '', shown = ''] of rows) {
      const parts = shown.split('; ');
      expect([what, counter.length > 10, parts.length > 0]).toEqual([what, true, true]);
      for (const part of parts) expect(part).toMatch(/^`test\/[\w./-]+\.test\.ts`: "[^"]+"$/);
    }
  });

  it.each(cited)('%s: %s has "%s"', (_, file, title) => {
    expect(existsSync(join(checkout, file))).toBe(true);
    const source = readFileSync(join(checkout, file), 'utf8');
    const quoted = [`'${title}'`, `"${title}"`, `'${title.replaceAll("'", "\\'")}'`];
    expect(quoted.some((text) => source.includes(text))).toBe(true);
  });
});
