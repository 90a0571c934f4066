import { type PointerEvent, useRef, useState } from 'react';

const AFTER_TOUCH = 3_000;

/** A list that stands still while someone points at it. */
export interface Steady<T> {
  shown: T;
  /** Whether something newer waits. */
  isWaiting: boolean;
  /** Shows the newest now. */
  update: () => void;
  /** For the element around the list. */
  pointer: {
    onPointerEnter: (event: PointerEvent) => void;
    onPointerLeave: (event: PointerEvent) => void;
    onPointerDown: (event: PointerEvent) => void;
  };
}

/**
 * Holds a list back while the pointer is over it, or for a moment after a touch, so that nothing
 * moves between aiming and pressing.
 * @param reset a new order that was asked for, which is shown at once
 */
export function useSteady<T>(newest: T, reset: unknown): Steady<T> {
  const [isHeld, setHeld] = useState(false);
  const shown = useRef({ value: newest, reset });
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const [, redraw] = useState(0);
  if (!isHeld || shown.current.reset !== reset) shown.current = { value: newest, reset };

  return {
    shown: shown.current.value,
    isWaiting: shown.current.value !== newest,
    update() {
      shown.current = { value: newest, reset };
      redraw((count) => count + 1);
    },
    pointer: {
      onPointerEnter: ({ pointerType }) => {
        if (pointerType === 'mouse') setHeld(true);
      },
      onPointerLeave: ({ pointerType }) => {
        if (pointerType === 'mouse') setHeld(false);
      },
      onPointerDown: ({ pointerType }) => {
        if (pointerType === 'mouse') return;
        setHeld(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setHeld(false), AFTER_TOUCH);
      },
    },
  };
}
