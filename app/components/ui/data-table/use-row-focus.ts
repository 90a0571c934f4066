import {
  type FocusEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { followRow } from './steady-order.ts';

// React warns of layout effects on a server, where there is no focus to keep.
const useFocusEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/**
 * One row of many takes the Tab key, and keeps the focus when live rows come and go.
 * @param ids the rows on show, in order.
 * @param scrollTo brings a row into view.
 */
export function useRowFocus(
  grid: RefObject<HTMLElement>,
  ids: readonly string[],
  scrollTo: (index: number) => void,
) {
  const [at, setAt] = useState({ id: '', index: 0 });
  const hasFocus = useRef(false);
  const active = ids.length > 0 ? followRow(at, ids) : -1;
  const focusRow = () =>
    grid.current
      ?.querySelector<HTMLElement>(`[data-row="${active}"]`)
      ?.focus({ preventScroll: true });

  // A row that left took the focus with it: React raises no blur, and the body has it now.
  useFocusEffect(() => {
    if (hasFocus.current && document.activeElement === document.body) focusRow();
  });
  const wanted = useRef<number | null>(null);
  useFocusEffect(() => {
    if (wanted.current === null || wanted.current !== active) return;
    wanted.current = null;
    scrollTo(active);
    focusRow();
  });

  return {
    active,
    /** Moves the keyboard to a row. */
    moveTo(index: number) {
      wanted.current = index;
      setAt({ id: ids[index] ?? '', index });
    },
    /** For the grid: remembers whether the keyboard is inside. */
    onFocus(event: FocusEvent<HTMLElement>) {
      hasFocus.current = true;
      const row = event.target.closest<HTMLElement>('[data-row]');
      const index = Number(row?.dataset.row ?? -1);
      const id = ids[index];
      if (id !== undefined && at.id !== id) setAt({ id, index });
    },
    onBlur(event: FocusEvent<HTMLElement>) {
      hasFocus.current = event.currentTarget.contains(event.relatedTarget);
    },
  };
}
