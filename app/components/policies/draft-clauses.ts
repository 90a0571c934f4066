import {
  CLAUSE_CODE,
  type Clause,
  type ClauseWords,
  POLICY_LANGUAGES,
  type PolicyLanguage,
} from '#app/domain/policies/view.ts';

/** A clause while it is written: every language has fields, most of them empty. */
export interface DraftClause {
  /** Stays the same while the code is typed. */
  key: number;
  /** Its code when it was read; null: it is new. */
  cameAs: string | null;
  code: string;
  words: Record<PolicyLanguage, ClauseWords>;
}

const EMPTY: ClauseWords = { title: '', text: '' };
let nextKey = 1;

/** A clause as it is written on. @param clause undefined: a new one */
export function draftOf(clause?: Clause): DraftClause {
  const words = Object.fromEntries(
    POLICY_LANGUAGES.map((language) => [language, clause?.words[language] ?? EMPTY]),
  );
  return {
    key: nextKey++,
    cameAs: clause?.code ?? null,
    code: clause?.code ?? '',
    words: words as DraftClause['words'],
  };
}

/** The clauses as they are saved: without languages in which nothing is written. */
export function clausesOf(drafts: readonly DraftClause[]): Clause[] {
  return drafts.map(({ code, words }) => {
    const written = POLICY_LANGUAGES.filter((one) => one === 'en' || isBegun(words[one]));
    const kept = written.map((one) => [one, trimmed(words[one])]);
    return { code: code.trim(), words: Object.fromEntries(kept) as Clause['words'] };
  });
}

function trimmed({ title, text }: ClauseWords): ClauseWords {
  return { title: title.trim(), text: text.trim() };
}

/** Whether anything is written in a language. */
export function isBegun({ title, text }: ClauseWords): boolean {
  return title.trim() !== '' || text.trim() !== '';
}

/** What is wrong with a clause, and where. */
export interface FoundFlaw {
  flaw: 'code' | 'code_taken' | 'half' | 'english';
  /** Where the words are wrong. */
  language?: PolicyLanguage;
}

/** What keeps a clause from being saved; null: nothing. */
export function flawOf(
  { key, code, words }: DraftClause,
  all: readonly DraftClause[],
): FoundFlaw | null {
  if (!CLAUSE_CODE.test(code.trim())) return { flaw: 'code' };
  if (all.some((other) => other.key !== key && other.code.trim() === code.trim())) {
    return { flaw: 'code_taken' };
  }
  for (const language of POLICY_LANGUAGES) {
    const { title, text } = trimmed(words[language]);
    if (language === 'en' && (title === '' || text === '')) return { flaw: 'english', language };
    if ((title === '') !== (text === '')) return { flaw: 'half', language };
  }
  return null;
}
