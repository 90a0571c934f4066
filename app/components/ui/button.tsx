import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Kbd } from './kbd.tsx';
import { type PressProps, pressProps } from './press.ts';
import { Spinner } from './spinner.tsx';

export interface ButtonProps extends PressProps {
  /** `danger` begins something that can hurt; `danger-solid` is the press that does it. */
  variant?: 'primary' | 'quiet' | 'danger' | 'danger-solid' | 'ghost';
  icon?: ReactNode;
  /** The key that does the same, shown at the end; hidden where there is no keyboard. */
  shortcut?: string;
  /** Fills the line and keeps its label at the start, for lists of actions. */
  block?: boolean;
  /** Its act is under way: pressing does nothing, and does not submit. */
  isPending?: boolean;
  className?: string;
  children: ReactNode;
}

const LOOK = {
  primary: 'bg-accent text-on-accent border-transparent font-semibold hover:brightness-110',
  quiet: 'bg-raised text-text border-line hover:border-control',
  danger: 'bg-transparent text-danger border-danger/50 hover:bg-danger-soft',
  'danger-solid': 'bg-danger text-on-danger border-transparent font-semibold hover:brightness-110',
  ghost: 'bg-transparent text-text border-transparent hover:bg-raised',
} as const;

// Not disabled, which would drop the focus.
const PENDING = {
  'aria-disabled': true,
  type: 'button',
  onPress: () => {},
} as const;

/** A button with words. While `isPending` it keeps its label, its focus and its place. */
export function Button(props: ButtonProps) {
  const { variant = 'quiet', icon, shortcut, block, className, children, ...others } = props;
  const { isPending = false, ...rest } = others;
  return (
    <button
      {...pressProps({ ...rest, ...(isPending && PENDING) })}
      className={classes(
        'target inline-flex items-center gap-2 rounded-lg border px-3 py-1 text-start text-sm',
        'transition-colors duration-75 active:brightness-90',
        'disabled:cursor-not-allowed disabled:opacity-60 aria-disabled:cursor-progress',
        block ? 'w-full' : 'justify-center',
        LOOK[variant],
        className,
      )}
    >
      {isPending ? <Spinner /> : icon}
      <span className={block ? 'grow' : undefined}>{children}</span>
      {shortcut ? <Kbd keys={shortcut} /> : null}
    </button>
  );
}
