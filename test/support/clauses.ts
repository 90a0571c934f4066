import type { Clause } from '#app/domain/policies/view.ts';

/** A clause in English, its words made of its code. */
export function clauseOf(code: string, more: Partial<Clause['words']> = {}): Clause {
  return { code, words: { en: { title: `About ${code}`, text: `No ${code}.` }, ...more } };
}
