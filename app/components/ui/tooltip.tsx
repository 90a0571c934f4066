import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { classes } from './classes.ts';
import { Kbd } from './kbd.tsx';

const SHOW_AFTER = 500;

/**
 * Words beside a control on hover and keyboard focus; Escape puts them away. The control carries
 * the same words as its accessible name, so the tooltip itself is not read out twice.
 */
export function Tooltip(props: { text: string; shortcut?: string; children: ReactNode }) {
  const [side, setSide] = useState<'start' | 'end' | null>(null);
  const frame = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);

  const show = () => {
    if (frame.current) setSide(roomierSide(frame.current));
  };
  const hide = () => {
    clearTimeout(timer.current);
    setSide(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') hide();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to what its control receives
    <span
      ref={frame}
      className="relative inline-flex"
      onKeyDown={onKeyDown}
      onPointerEnter={(event) => {
        if (event.pointerType === 'mouse') timer.current = setTimeout(show, SHOW_AFTER);
      }}
      onPointerLeave={hide}
      onFocus={(event) => {
        if (event.target.matches(':focus-visible')) show();
      }}
      onBlur={hide}
    >
      {props.children}
      {side ? (
        <span
          aria-hidden
          className={classes(
            'absolute top-full z-40 flex w-max max-w-64 items-center gap-2 rounded-md border',
            'border-line bg-raised px-2 py-1 text-text text-xs shadow-over',
            side === 'start' ? 'start-0' : 'end-0',
          )}
        >
          {props.text}
          {props.shortcut ? <Kbd keys={props.shortcut} /> : null}
        </span>
      ) : null}
    </span>
  );
}

// The tooltip grows away from the nearer edge of the window, whichever way the page is read.
function roomierSide(control: HTMLElement): 'start' | 'end' {
  const { left, width } = control.getBoundingClientRect();
  const onLeft = left + width / 2 < window.innerWidth / 2;
  const readsRight = getComputedStyle(control).direction === 'ltr';
  return onLeft === readsRight ? 'start' : 'end';
}
