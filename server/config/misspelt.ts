/**
 * Variables that nobody reads but that look meant for Rostrum: `ROSTRUM_…`, or one or two letters
 * away from a known name. @returns one line for each, without its value
 */
export function findMisspelt(names: Iterable<string>, known: readonly string[]): string[] {
  const problems: string[] = [];
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = known.find((candidate) => isNear(name, candidate));
    if (near) problems.push(`${name} is unknown; did you mean ${near}?`);
    else if (name.startsWith('ROSTRUM_')) problems.push(`${name} is unknown`);
  }
  return problems;
}

// Short names are near too many innocent ones: HOST is a letter from HOSE, PORT from PORK.
function isNear(name: string, known: string): boolean {
  if (known.length < 8) return false;
  const allowed = known.length < 12 ? 1 : 2;
  return Math.abs(name.length - known.length) <= allowed && distance(name, known) <= allowed;
}

/** Letters to insert, delete, replace or swap with a neighbour to get from one word to the other. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
