import { z } from 'zod';

// A database can't hold NUL or half a surrogate pair, and nobody means to type the other controls.
const UNPRINTABLE = /[^\P{Cc}\t\n\r]/u;

/**
 * Text a person typed: trimmed, well formed, without control characters other than tab and line
 * breaks.
 * @param min fewest characters after trimming
 * @param max most UTF-16 code units
 */
export function freeText(min: number, max: number) {
  return z
    .string()
    .max(max)
    .trim()
    .min(min)
    .refine((text) => text.isWellFormed() && !UNPRINTABLE.test(text), 'has unprintable characters');
}
