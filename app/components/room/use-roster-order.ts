import { useEffect, useRef, useState } from 'react';
import type { RoomModel } from '#app/live/room-model.ts';
import { orderRoster, type RosterOrder, type RosterView } from '#app/live/roster-order.ts';
import { useRoomScreen } from './room-context.ts';

/** Least time between two orderings, in milliseconds: a roster needn't be re-sorted per frame. */
const REORDER_EVERY = 400;

/** An order, and the view it was made for: a newer view is ordered a moment later. */
export interface ViewedOrder extends RosterOrder {
  view: RosterView;
}

const EMPTY: RosterOrder = { cards: [], facets: { new: 0, prior: 0, branch: 0 }, total: 0 };

/** The roster as the view asks for it: at once when the view changes, else a few times a second. */
export function useRosterOrder(view: RosterView): ViewedOrder {
  const { store } = useRoomScreen();
  const [order, setOrder] = useState<ViewedOrder>({ ...EMPTY, view });
  const current = useRef(view);

  useEffect(() => {
    current.current = view;
    setOrder((before) => settle(before, store.model, view));
  }, [store, view]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let last = 0;
    const run = () => {
      timer = null;
      last = performance.now();
      setOrder((before) => settle(before, store.model, current.current));
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
function settle(before: ViewedOrder, model: RoomModel, view: RosterView): ViewedOrder {
  const next = orderRoster(model, view, Date.now());
  const same =
    before.cards.length === next.cards.length &&
    before.cards.every((card, index) => card === next.cards[index]);
  return { ...next, cards: same ? before.cards : next.cards, view };
}
