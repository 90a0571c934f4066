import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components/Button';
import { classes } from './classes.ts';
import { Kbd } from './kbd.tsx';
import { Spinner } from './spinner.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  /** `danger` begins something that can hurt; `danger-solid` is the press that does it. */
  variant?: 'primary' | 'quiet' | 'danger' | 'danger-solid' | 'ghost';
  icon?: ReactNode;
  /** The key that does the same, shown at the end; hidden where there is no keyboard. */
  shortcut?: string;
  /** Fills the line and keeps its label at the start, for lists of actions. */
  block?: boolean;
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

// Not react-aria's own pending state: that one announces the button by a reference to it, which
// names nothing as soon as the button is gone.
const PENDING = {
  'aria-disabled': true,
  'data-pending': true,
  type: 'button',
  onPress: () => {},
} as const;

/** A button with words. While `isPending` it keeps its label, its focus and its place. */
export function Button(props: ButtonProps) {
  const { variant = 'quiet', icon, shortcut, block, className, children, ...others } = props;
  const { isPending = false, ...rest } = others;
  return (
    <AriaButton
      {...rest}
      {...(isPending && PENDING)}
      className={classes(
        'target inline-flex items-center gap-2 rounded-lg border px-3 py-1 text-start text-sm',
        'transition-colors duration-75 data-pressed:brightness-90',
        'disabled:cursor-not-allowed disabled:opacity-60 data-pending:cursor-progress',
        block ? 'w-full' : 'justify-center',
        LOOK[variant],
        className,
      )}
    >
      {isPending ? <Spinner /> : icon}
      <span className={block ? 'grow' : undefined}>{children}</span>
      {shortcut ? <Kbd keys={shortcut} /> : null}
    </AriaButton>
  );
}
