const LATIN_MARKS = /[\u0300-\u036f]/g;

/**
 * Brings names, handles and what is typed to one form: compatibility forms (Arabic presentation
 * forms, full-width letters) unified, case and Latin accents folded, Uyghur letters kept apart.
 */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(LATIN_MARKS, '').normalize('NFKC').toLowerCase();
}

/** @returns whether `folded` holds every word of `words`, which are folded too. */
export function matchesWords(folded: string, words: readonly string[]): boolean {
  return words.every((word) => folded.includes(word));
}

/** @returns the folded words of what was typed. */
export function wordsOf(typed: string): string[] {
  return foldText(typed)
    .split(/[\s@]+/u)
    .filter(Boolean);
}
