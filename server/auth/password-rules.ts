import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

export type PasswordFlaw = 'too_short' | 'too_long' | 'common' | 'guessable';

const SHORTEST = 12;
const LONGEST = 256;
/** Of 0 to 4: 3 is 10^8 guesses or more, which the limits on sign-ins put out of reach. */
const LOWEST_SCORE = 3;
/** Judging takes longer than linearly; what comes after this many characters only adds to it. */
const JUDGED = 64;

const common: ReadonlySet<string> = new Set(dictionary['passwords-common']);
const judge = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** The one form of a password, however a keyboard composes its letters. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * What is wrong with a password for a new credential; null when nothing is.
 * @param password normalized
 * @param name its owner's name, which it must not rest on
 */
export function findPasswordFlaw(password: string, name: string): PasswordFlaw | null {
  const letters = [...password];
  if (letters.length < SHORTEST) return 'too_short';
  if (letters.length > LONGEST) return 'too_long';
  if (common.has(password.toLowerCase())) return 'common';
  const judged = letters.slice(0, JUDGED).join('');
  const { score } = judge.check(judged, [name, ...name.split(/\s+/), 'rostrum']);
  return score < LOWEST_SCORE ? 'guessable' : null;
}
