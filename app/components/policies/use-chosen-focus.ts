import { useEffect, useRef } from 'react';

/** Gives the keyboard to a part of a place that a press has just changed. */
export function useChosenFocus<E extends HTMLElement>() {
  const place = useRef<E>(null);
  const chosen = useRef<readonly string[]>([]);

  useEffect(() => {
    const found = chosen.current
      .map((selector) => place.current?.querySelector<HTMLElement>(`${selector}:not(:disabled)`))
      .find(Boolean);
    chosen.current = [];
    found?.focus();
  });
  return {
    place,
    /** @param selectors of what gets it once the change is drawn: the first that can take it */
    focusNext(...selectors: string[]) {
      chosen.current = selectors;
    },
  };
}
