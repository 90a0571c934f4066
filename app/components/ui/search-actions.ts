/**
 * Finds labels by typed words, in any order, ignoring case and accents; those that begin with the
 * first word come first.
 */
export function searchActions<T extends { label: string }>(all: readonly T[], typed: string): T[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const first = words[0];
  if (!first) return [...all];
  const found = all.filter(({ label }) => {
    const text = fold(label);
    return words.every((word) => text.includes(word));
  });
  const rank = ({ label }: T) => (fold(label).startsWith(first) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}
