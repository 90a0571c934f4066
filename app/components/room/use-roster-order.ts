import { useEffect, useRef, useState } from 'react';
import { orderRoster, type RosterOrder, type RosterView } from '#app/live/roster-order.ts';
import { useRoomScreen } from './room-context.ts';

/** Least time between two orderings, in milliseconds: a roster needn't be re-sorted per frame. */
const REORDER_EVERY = 400;

const EMPTY: RosterOrder = { cards: [], facets: { new: 0, prior: 0, branch: 0 }, total: 0 };

/** The roster as the view asks for it: at once when the view changes, else a few times a second. */
export function useRosterOrder(view: RosterView): RosterOrder {
  const { store } = useRoomScreen();
  const [order, setOrder] = useState(EMPTY);
  const current = useRef(view);

  useEffect(() => {
    current.current = view;
    setOrder((before) => settle(before, orderRoster(store.model, view, Date.now())));
  }, [store, view]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let last = 0;
    const run = () => {
      timer = null;
      last = performance.now();
      setOrder((before) => settle(before, orderRoster(store.model, current.current, Date.now())));
    };
    const stop = store.subscribe('roster', () => {
      timer ??= setTimeout(run, Math.max(0, REORDER_EVERY - (performance.now() - last)));
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [store]);
  return order;
}

// The same rows in the same order keep their array, and with it the whole table.
function settle(before: RosterOrder, next: RosterOrder): RosterOrder {
  const same =
    before.cards.length === next.cards.length &&
    before.cards.every((card, index) => card === next.cards[index]);
  return same ? { ...next, cards: before.cards } : next;
}
