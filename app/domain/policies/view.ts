/** Languages a clause can be written in; English is always there. */
export const POLICY_LANGUAGES = ['en', 'zh-Hans', 'zh-Hant', 'ug'] as const;
export type PolicyLanguage = (typeof POLICY_LANGUAGES)[number];

/** What a clause may be called on the record. */
export const CLAUSE_CODE = /^[a-z][a-z0-9_]{0,39}$/;

export interface ClauseWords {
  title: string;
  text: string;
}

/** What a decision can rest on. */
export interface Clause {
  /** Names the clause on the record, in every version that has it. */
  code: string;
  words: { en: ClauseWords } & { [Language in PolicyLanguage]?: ClauseWords | undefined };
}

/** A policy as it was published; never changed afterwards. */
export interface PolicyVersion {
  /** From 1, without gaps. */
  version: number;
  clauses: readonly Clause[];
  /** ISO 8601, UTC. */
  publishedAt: string;
  /** Null: the command line. */
  publishedBy: string | null;
}

/** The next version, as admins have left it. */
export interface PolicyDraft {
  /** Counts every save: what is published is what was seen. 0: nothing was saved yet. */
  revision: number;
  clauses: readonly Clause[];
  savedAt: string | null;
  savedBy: string | null;
}

export interface PoliciesPage {
  /** Newest first; empty before the first is published. */
  versions: readonly PolicyVersion[];
  /** Null for whoever may only read. */
  draft: PolicyDraft | null;
}

/**
 * The version an address asks for.
 * @param versions newest first @param wanted its number as written; null: the one in force
 * @returns undefined when there is no such version
 */
export function versionNamed(
  versions: readonly PolicyVersion[],
  wanted: string | null,
): PolicyVersion | undefined {
  if (wanted === null) return versions[0];
  return versions.find(({ version }) => `${version}` === wanted);
}

/** What someone who acts is offered to rest an act on. */
export interface OfferedClause {
  code: string;
  title: string;
}

export const MOST_CLAUSES = 40;
/** Of all clauses as JSON, in bytes: the record takes no field above 64 KiB, nor the console a form. */
export const LARGEST_POLICY = 60_000;

/** Whether these are more than one version holds. */
export function isTooLarge(clauses: readonly unknown[]): boolean {
  const size = new TextEncoder().encode(JSON.stringify(clauses)).length;
  return clauses.length > MOST_CLAUSES || size > LARGEST_POLICY;
}

export const POLICY_REFUSALS = [
  'forbidden',
  'invalid',
  'too_large',
  'reauthenticate',
  'changed',
  'unchanged',
  'empty',
] as const;
export type PolicyRefusal = (typeof POLICY_REFUSALS)[number];

export type PolicyAnswer<More = object> =
  | ({ ok: true } & More)
  | { ok: false; reason: PolicyRefusal };

/** Policies, as the screens of one request may use them. */
export interface PoliciesContext {
  /** Null without the right. */
  page(): Promise<PoliciesPage | null>;
  /** Clauses of the current version in a language; empty before there is one, null without the right. */
  offered(language: string): Promise<OfferedClause[] | null>;
  /** @param input a `DraftSave` @returns the draft's new revision */
  save(input: unknown): Promise<PolicyAnswer<{ revision: number }>>;
  /** @param input a `Publication` */
  publish(input: unknown): Promise<PolicyAnswer<{ version: number }>>;
}

/** A clause's words in a language, or in English where it has none. */
export function wordsIn(
  { words }: Clause,
  wanted: string,
): ClauseWords & { language: PolicyLanguage } {
  const language = POLICY_LANGUAGES.find((one) => one === wanted && words[one]) ?? 'en';
  return { ...(words[language] ?? words.en), language };
}

/** Whether two lists of clauses say the same, in the same order. */
export function sameClauses(one: readonly Clause[], other: readonly Clause[]): boolean {
  return JSON.stringify(one.map(inOrder)) === JSON.stringify(other.map(inOrder));
}

function inOrder({ code, words }: Clause) {
  return [code, POLICY_LANGUAGES.map((each) => [words[each]?.title, words[each]?.text])];
}

/** What a version does to the one before it, by codes. */
export function compareClauses(before: readonly Clause[], after: readonly Clause[]) {
  const codes = (clauses: readonly Clause[]) => clauses.map(({ code }) => code);
  const changed = after.filter((clause) =>
    before.some(({ code }) => code === clause.code) ? !has(before, clause) : false,
  );
  return {
    added: codes(after).filter((code) => !codes(before).includes(code)),
    changed: codes(changed),
    gone: codes(before).filter((code) => !codes(after).includes(code)),
  };
}

function has(clauses: readonly Clause[], clause: Clause): boolean {
  return clauses.some((other) => sameClauses([clause], [other]));
}
