import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * Keeps the keyboard in a list of live items: when the item that had the focus leaves, the one that
 * took its place gets it, or the list itself when it was the last. Items carry `data-item`.
 */
export function useKeptFocus<E extends HTMLElement>() {
  const list = useRef<E>(null);
  const at = useRef<number | null>(null);

  useEffect(() => {
    // React raises no blur for a removed element; the body has the focus then.
    if (at.current === null || document.activeElement !== document.body) return;
    const items = itemsOf(list.current);
    const next = items[Math.min(at.current, items.length - 1)];
    const target = next?.querySelector<HTMLElement>('button, a, [tabindex="0"]') ?? list.current;
    target?.focus({ preventScroll: true });
  });
  return {
    ref: list,
    tabIndex: -1,
    onFocus(event: FocusEvent<E>) {
      const item = event.target.closest('[data-item]');
      at.current = item ? itemsOf(event.currentTarget).indexOf(item) : null;
    },
    onBlur() {
      at.current = null;
    },
  };
}

function itemsOf(list: Element | null): Element[] {
  return list ? [...list.querySelectorAll('[data-item]')] : [];
}
