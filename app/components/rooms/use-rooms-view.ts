import { useSearchParams } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { type RoomsView, readView, writeView } from './rooms-view.ts';

export interface RoomsViewState {
  view: RoomsView;
  change: (part: Partial<RoomsView>) => void;
  /** Columns not shown. */
  hidden: ReadonlySet<string>;
  setHidden: (hidden: ReadonlySet<string>) => void;
}

const WRITE_AFTER = 300;

/** How the list is looked at, kept in the address, so that a view can be shared. */
export function useRoomsView(): RoomsViewState {
  const [params, setParams] = useSearchParams();
  const [view, setView] = useState(() => readView(params));
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () => new Set(params.get('hide')?.split(',').filter(Boolean)),
  );
  const wanted = addressOf(view, hidden);
  const present = params.toString();
  useEffect(() => {
    if (wanted === present) return;
    const timer = setTimeout(
      () => setParams(wanted, { replace: true, preventScrollReset: true }),
      WRITE_AFTER,
    );
    return () => clearTimeout(timer);
  }, [wanted, present, setParams]);
  return {
    view,
    change: (part) => setView((now) => ({ ...now, ...part })),
    hidden,
    setHidden,
  };
}

function addressOf(view: RoomsView, hidden: ReadonlySet<string>): string {
  const params = writeView(view);
  if (hidden.size > 0) params.set('hide', [...hidden].join(','));
  return params.toString();
}
