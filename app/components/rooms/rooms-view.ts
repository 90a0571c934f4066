import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { foldText, matchesWords, wordsOf } from '#app/live/search-text.ts';

/** What a list of rooms can be narrowed to; several together narrow to rooms with all of them. */
export const FACETS = [
  'attention',
  'reports',
  'failed',
  'unattended',
  'incident',
  'hand_over',
  'live',
  'ended',
] as const;
export type Facet = (typeof FACETS)[number];

export const SORT_KEYS = [
  'urgency',
  'title',
  'present',
  'stage',
  'hands',
  'open',
  'watchers',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface RoomsView {
  query: string;
  facets: ReadonlySet<Facet>;
  sort: { by: SortKey; descending: boolean };
}

export const USUAL_SORT = { by: 'urgency', descending: true } as const;

const HAS: Record<Facet, (room: RoomRow) => boolean> = {
  attention: needsAttention,
  reports: ({ reports }) => reports > 0,
  failed: ({ failedEnforcements }) => failedEnforcements > 0,
  unattended: ({ unattendedSince }) => unattendedSince !== null,
  incident: ({ incident }) => incident !== null,
  hand_over: ({ handOverDue }) => handOverDue,
  live: ({ status }) => status === 'live',
  ended: ({ status }) => status === 'ended',
};

/** Whether someone should look at this room now. */
export function needsAttention(room: RoomRow): boolean {
  if (room.status === 'ended') return false;
  return (
    room.reports > 0 ||
    room.failedEnforcements > 0 ||
    room.unattendedSince !== null ||
    room.incident !== null ||
    room.handOverDue
  );
}

/** @returns how many rooms each facet would leave by itself. */
export function countFacets(rows: readonly RoomRow[]): Record<Facet, number> {
  const count = (facet: Facet) => rows.filter(HAS[facet]).length;
  return Object.fromEntries(FACETS.map((facet) => [facet, count(facet)])) as Record<Facet, number>;
}

/** @returns the rooms of a view in its order; ended ones last, ids decide between equals. */
export function arrangeRooms(
  rows: readonly RoomRow[],
  { query, facets, sort }: RoomsView,
  locale: string,
): RoomRow[] {
  const words = wordsOf(query);
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const by = COMPARE[sort.by];
  const way = sort.descending ? -1 : 1;
  return rows
    .filter((room) => [...facets].every((facet) => HAS[facet](room)))
    .filter((room) => words.length === 0 || matchesWords(foldText(searched(room)), words))
    .sort(
      (a, b) =>
        Number(a.status === 'ended') - Number(b.status === 'ended') ||
        way * by(a, b, compare) ||
        (a.id < b.id ? -1 : 1),
    );
}

function searched({ title, id, watchers }: RoomRow): string {
  return [title, id, ...watchers].join(' ');
}

type Compare = (a: RoomRow, b: RoomRow, words: (a: string, b: string) => number) => number;

const COMPARE: Record<SortKey, Compare> = {
  urgency: (a, b) => a.urgency - b.urgency,
  title: (a, b, words) => words(a.title, b.title),
  present: (a, b) => a.counts.present - b.counts.present,
  stage: (a, b) => a.counts.stage - b.counts.stage,
  hands: (a, b) => a.counts.hands - b.counts.hands,
  // The longer open, the larger.
  open: (a, b) => b.openedAt - a.openedAt,
  watchers: (a, b) => a.watchers.length - b.watchers.length,
};

/** @returns the view an address asks for; what it gets wrong is as usual. */
export function readView(params: URLSearchParams): RoomsView {
  const [column = '', direction] = (params.get('sort') ?? '').split('.');
  const only = (params.get('only') ?? '').split(',');
  return {
    query: (params.get('q') ?? '').slice(0, 200),
    facets: new Set(FACETS.filter((facet) => only.includes(facet))),
    sort: readSort({ column, descending: direction === 'desc' }) ?? USUAL_SORT,
  };
}

/** @returns a table's sort as a view's; null for a column the list can't be ordered by. */
export function readSort(sort: { column: string; descending: boolean }): RoomsView['sort'] | null {
  const by = SORT_KEYS.find((key) => key === sort.column);
  return by ? { by, descending: sort.descending } : null;
}

/** @returns the parameters of a view's address; the usual one has none. */
export function writeView({ query, facets, sort }: RoomsView): URLSearchParams {
  const params = new URLSearchParams();
  if (query) params.set('q', query);
  if (facets.size > 0) params.set('only', [...facets].join(','));
  if (sort.by !== USUAL_SORT.by || !sort.descending) {
    params.set('sort', `${sort.by}.${sort.descending ? 'desc' : 'asc'}`);
  }
  return params;
}
