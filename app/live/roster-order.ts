import { type Instant, type Participant, type PersonCard, ROLES } from '#app/domain/rooms/state.ts';
import type { RoomModel } from './room-model.ts';
import { foldText, matchesWords, wordsOf } from './search-text.ts';

/** What a roster can be narrowed to, each by itself or together. */
export const FACETS = ['new', 'prior', 'branch'] as const;
export type Facet = (typeof FACETS)[number];

export const SORT_KEYS = ['name', 'role', 'since', 'inviter', 'standing'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** How someone looks at the roster. */
export interface RosterView {
  query: string;
  facets: ReadonlySet<Facet>;
  sort: { by: SortKey; descending: boolean };
}

export interface RosterOrder {
  /** Who is shown, in order. */
  cards: readonly PersonCard[];
  /** How many of everyone here each facet would leave. */
  facets: Record<Facet, number>;
  /** Everyone here. */
  total: number;
}

const NEW_FOR = 7 * 86_400_000;

/** @returns whether an account is younger than a week. */
export function isNewAccount(card: PersonCard, now: Instant): boolean {
  return now - card.memberSince < NEW_FOR;
}

/** @returns the branches of everyone who has been removed from this room. */
export function removedBranches(model: RoomModel): ReadonlySet<string> {
  const branches = new Set<string>();
  for (const id of model.removed) {
    const branch = model.cards.get(id)?.branch;
    if (branch) branches.add(branch);
  }
  return branches;
}

// A card never changes, so neither does its text; folded when first searched.
const folded = new WeakMap<PersonCard, string>();
function searchTextOf(card: PersonCard): string {
  const known = folded.get(card);
  if (known !== undefined) return known;
  const text = foldText(`${card.name} ${card.handle}`);
  folded.set(card, text);
  return text;
}

/** Who is here, narrowed and ordered as the view asks. One pass and one sort: milliseconds for 5,000. */
export function orderRoster(model: RoomModel, view: RosterView, now: Instant): RosterOrder {
  const branches = removedBranches(model);
  const words = wordsOf(view.query);
  const facets = { new: 0, prior: 0, branch: 0 };
  const rows: Row[] = [];
  for (const id of model.roster) {
    const card = model.cards.get(id);
    const person = model.people.get(id);
    if (!card || !person) continue;
    const is: Record<Facet, boolean> = {
      new: isNewAccount(card, now),
      prior: card.priorActs > 0,
      branch: card.branch !== null && branches.has(card.branch),
    };
    for (const facet of FACETS) if (is[facet]) facets[facet]++;
    if (FACETS.some((facet) => view.facets.has(facet) && !is[facet])) continue;
    if (words.length > 0 && !matchesWords(searchTextOf(card), words)) continue;
    rows.push({ card, person });
  }
  const compare = COMPARE[view.sort.by];
  const sign = view.sort.descending ? -1 : 1;
  rows.sort((a, b) => sign * compare(a, b) || a.card.ord - b.card.ord);
  return { cards: rows.map(({ card }) => card), facets, total: model.roster.size };
}

interface Row {
  card: PersonCard;
  person: Participant;
}

const collator = new Intl.Collator();
const arrival = (a: Row, b: Row) => (a.person.joinedAt ?? 0) - (b.person.joinedAt ?? 0);

const COMPARE: Record<SortKey, (a: Row, b: Row) => number> = {
  name: (a, b) => collator.compare(a.card.name, b.card.name),
  role: (a, b) => ROLES.indexOf(b.person.role) - ROLES.indexOf(a.person.role) || arrival(a, b),
  // Longest here first is the larger duration, so the earlier arrival.
  since: (a, b) => -arrival(a, b),
  inviter: (a, b) => collator.compare(a.card.inviterName ?? '', b.card.inviterName ?? ''),
  standing: (a, b) => a.card.priorActs - b.card.priorActs,
};
