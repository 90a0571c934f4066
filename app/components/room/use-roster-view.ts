import { useSearchParams } from '@remix-run/react';
import { useCallback, useEffect, useState } from 'react';
import {
  FACETS,
  type Facet,
  type RosterView,
  SORT_KEYS,
  type SortKey,
} from '#app/live/roster-order.ts';

export interface RosterViewState {
  view: RosterView;
  change: (part: Partial<RosterView>) => void;
  /** Columns not shown. */
  hidden: ReadonlySet<string>;
  setHidden: (hidden: ReadonlySet<string>) => void;
}

const WRITE_AFTER = 300;
const USUAL_SORT = { by: 'role', descending: false } as const;

/** How the roster is looked at, kept in the address, so that a view can be shared. */
export function useRosterView(): RosterViewState {
  const [params] = useSearchParams();
  const [view, setView] = useState<RosterView>(() => readView(params));
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () => new Set(listOf(params.get('hide'))),
  );
  const change = useCallback(
    (part: Partial<RosterView>) => setView((now) => ({ ...now, ...part })),
    [],
  );
  useEffect(() => {
    // Past the router: a keystroke is no navigation, and nothing needs to load again.
    const timer = setTimeout(() => {
      const url = new URL(window.location.href);
      writeView(url.searchParams, view, hidden);
      window.history.replaceState(window.history.state, '', url);
    }, WRITE_AFTER);
    return () => clearTimeout(timer);
  }, [view, hidden]);
  return { view, change, hidden, setHidden };
}

function readView(params: URLSearchParams): RosterView {
  const [by = '', direction] = (params.get('sort') ?? '').split('.');
  const known = SORT_KEYS.find((key) => key === by);
  return {
    query: params.get('q') ?? '',
    facets: new Set(listOf(params.get('only')).filter(isFacet)),
    sort: known ? { by: known satisfies SortKey, descending: direction === 'desc' } : USUAL_SORT,
  };
}

function writeView(params: URLSearchParams, view: RosterView, hidden: ReadonlySet<string>): void {
  const { by, descending } = view.sort;
  const isUsual = by === USUAL_SORT.by && !descending;
  const parts = {
    q: view.query,
    only: [...view.facets].join(','),
    sort: isUsual ? '' : `${by}.${descending ? 'desc' : 'asc'}`,
    hide: [...hidden].join(','),
  };
  for (const [key, value] of Object.entries(parts)) {
    if (value) params.set(key, value);
    else params.delete(key);
  }
}

function listOf(text: string | null): string[] {
  return (text ?? '').split(',').filter(Boolean);
}

function isFacet(text: string): text is Facet {
  return (FACETS as readonly string[]).includes(text);
}
