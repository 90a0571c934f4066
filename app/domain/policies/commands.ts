import { z } from 'zod';
import { freeText } from '#app/domain/text.ts';
import { CLAUSE_CODE, isTooLarge, LARGEST_POLICY, MOST_CLAUSES } from './view.ts';

export const TOO_LARGE = `must be ${MOST_CLAUSES} clauses and ${LARGEST_POLICY} bytes at most`;

/** What a clause is called on the record. */
export const clauseCode = z
  .string()
  .regex(CLAUSE_CODE, 'must be 1–40 of a–z 0–9 _, with a letter first');

const words = z.strictObject({ title: freeText(1, 80), text: freeText(1, 2_000) });

export const clause = z.strictObject({
  code: clauseCode,
  words: z.strictObject({
    en: words,
    'zh-Hans': words.optional(),
    'zh-Hant': words.optional(),
    ug: words.optional(),
  }),
});

/** Keeps the next version for later; `revision` is the one it was made from. */
export const draftSave = z.strictObject({
  revision: z.int().min(0),
  clauses: z
    .array(clause)
    .refine((all) => new Set(all.map(({ code }) => code)).size === all.length, 'codes must differ')
    .refine((all) => !isTooLarge(all), TOO_LARGE),
});

/** Publishes the draft of this revision and no other. */
export const publication = z.strictObject({ revision: z.int().min(1), reason: freeText(1, 500) });
