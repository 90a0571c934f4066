/**
 * Keeps rows where they were while someone points at them: those known keep their old order, those
 * gone leave, new ones wait at the end.
 * @returns `next` itself when nothing had to be kept.
 */
export function keepOrder<T>(
  before: readonly string[],
  next: readonly T[],
  idOf: (item: T) => string,
): readonly T[] {
  const waiting = new Map(next.map((item) => [idOf(item), item]));
  const kept: T[] = [];
  for (const id of before) {
    const item = waiting.get(id);
    if (item === undefined) continue;
    waiting.delete(id);
    kept.push(item);
  }
  kept.push(...waiting.values());
  return kept.every((item, index) => item === next[index]) ? next : kept;
}

/**
 * Finds the row that has the keyboard after rows changed: the same one wherever it went, or else
 * the one that took its place.
 * @returns its index, or -1 when there are no rows.
 */
export function followRow(at: { id: string; index: number }, ids: readonly string[]): number {
  if (ids[at.index] === at.id) return at.index;
  const found = ids.indexOf(at.id);
  return found === -1 ? Math.min(at.index, ids.length - 1) : found;
}

/** @returns the row an arrow, page or end key leads to; null for other keys. Bounds hold. */
export function rowAfterKey(
  key: string,
  at: number,
  count: number,
  perPage: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + perPage,
    PageUp: at - perPage,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined || count === 0 ? null : Math.max(0, Math.min(count - 1, to));
}
