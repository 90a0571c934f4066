const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const BY_SYLLABLE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const ARABIC = /\p{Script=Arabic}/u;

/**
 * Shortens a name for an avatar, by whole graphemes: Han names give their first character, Uyghur
 * ones their first letter with its carrier (ئا), others the initials of first and last word.
 * @returns upper-cased initials; "?" for a name without a letter or digit.
 */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s·・.]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  if (!first) return '?';
  const letters = graphemes(first);
  const initial = letters.find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '?';
  if (ARABIC.test(initial)) return initial === 'ئ' ? initial + (letters[1] ?? '') : initial;
  const last = words.at(-1);
  if (BY_SYLLABLE.test(initial) || !last || last === first) return initial.toUpperCase();
  return (initial + (graphemes(last)[0] ?? '')).toUpperCase();
}

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), (part) => part.segment);
}
