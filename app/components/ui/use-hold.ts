import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';

interface Hold {
  onStart: () => void;
  /** Let go, slid off, or interrupted. */
  onEnd: () => void;
  /** A press by assistive technology, which has no length. */
  onVirtualPress: () => void;
}

/** Tells holding a button from pressing it without hands. @returns listeners for the `<button>` */
export function useHold({ onStart, onEnd, onVirtualPress }: Hold) {
  const isHeld = useRef(false);
  const isVirtual = useRef(false);
  const start = () => {
    isHeld.current = true;
    onStart();
  };
  const end = () => {
    if (!isHeld.current) return;
    isHeld.current = false;
    onEnd();
  };
  return {
    onPointerDown(event: PointerEvent<HTMLButtonElement>) {
      isVirtual.current = hasNoHand(event);
      if (event.button !== 0 || isVirtual.current) return;
      // A thumb is captured by what it touched, and would never be seen to slide off.
      if (event.currentTarget.hasPointerCapture(event.pointerId)) {
        event.currentTarget.releasePointerCapture(event.pointerId);
      }
      start();
    },
    onPointerUp: end,
    onPointerLeave: end,
    onPointerCancel: end,
    onBlur: end,
    onKeyDown(event: KeyboardEvent) {
      if (!isHoldKey(event)) return;
      // Else the key also clicks, as assistive technology does.
      event.preventDefault();
      if (!event.repeat) start();
    },
    onKeyUp(event: KeyboardEvent) {
      if (!isHoldKey(event)) return;
      event.preventDefault();
      end();
    },
    onClick({ detail }: MouseEvent) {
      if (detail === 0 || isVirtual.current) onVirtualPress();
      isVirtual.current = false;
    },
    onContextMenu(event: MouseEvent) {
      if (isHeld.current) event.preventDefault();
    },
  };
}

function isHoldKey({ key }: KeyboardEvent): boolean {
  return key === 'Enter' || key === ' ';
}

// Screen readers make pointers without size, or a mouse that presses without pressure.
function hasNoHand({ width, height, pressure, pointerType }: PointerEvent): boolean {
  return (width === 0 && height === 0) || (pointerType === 'mouse' && pressure === 0);
}
