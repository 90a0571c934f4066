import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { Kbd } from './kbd.tsx';

/**
 * Words beside a control on hover and keyboard focus; Escape puts them away. The control carries
 * the same words as its accessible name, so the tooltip itself is not read out twice.
 */
export function Tooltip(props: { text: string; shortcut?: string; children: ReactNode }) {
  const [dismissed, setDismissed] = useState(false);
  const dismiss = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setDismissed(true);
  };
  const restore = () => setDismissed(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to what its control receives
    <span
      className="group/tip relative inline-flex"
      onKeyDown={dismiss}
      onPointerLeave={restore}
      onBlur={restore}
    >
      {props.children}
      {dismissed ? null : (
        <span
          aria-hidden
          className={
            'invisible absolute top-full start-0 z-40 flex w-max max-w-64 items-center gap-2 ' +
            'rounded-md border border-line bg-raised px-2 py-1 text-xs text-text shadow-over ' +
            'group-hover/tip:visible group-hover/tip:delay-500 ' +
            'group-has-focus-visible/tip:visible pointer-coarse:hidden'
          }
        >
          {props.text}
          {props.shortcut ? <Kbd keys={props.shortcut} /> : null}
        </span>
      )}
    </span>
  );
}
