import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { type PressProps, pressProps } from './press.ts';
import { Tooltip } from './tooltip.tsx';

interface IconButtonProps extends Omit<PressProps, 'aria-label'> {
  /** What it does, in words: its accessible name and its tooltip. */
  label: string;
  shortcut?: string;
  icon: ReactNode;
  className?: string;
}

/** A button whose picture is explained by a tooltip. */
export function IconButton({ label, shortcut, icon, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} {...(shortcut ? { shortcut } : {})}>
      <button
        {...pressProps(rest)}
        aria-label={label}
        className={classes(
          'target-square grid place-items-center rounded-lg border border-transparent text-muted',
          'hover:bg-raised hover:text-text active:brightness-90 disabled:opacity-60',
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
