import type { InputHTMLAttributes, ReactNode } from 'react';
import { classes } from './classes.ts';
import { useHydrated } from './use-hydrated.ts';

type CheckboxProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'type' | 'onChange'> & {
  children: ReactNode;
  onChange?: (checked: boolean) => void;
};

/** A yes-or-no choice whose whole line is the target. */
export function Checkbox({ children, onChange, className, disabled, ...input }: CheckboxProps) {
  const waits = !useHydrated() && input.name === undefined;
  return (
    <label className={classes('target flex cursor-pointer items-center gap-2 text-sm', className)}>
      <input
        {...input}
        type="checkbox"
        disabled={disabled || waits}
        onChange={(event) => onChange?.(event.currentTarget.checked)}
        className="size-4 accent-accent"
      />
      <span>{children}</span>
    </label>
  );
}
