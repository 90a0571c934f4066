import type { ComponentPropsWithoutRef, MouseEvent } from 'react';

/** What every button takes: a native button's own props, said the way the console says them. */
export interface PressProps
  extends Omit<
    ComponentPropsWithoutRef<'button'>,
    'children' | 'className' | 'disabled' | 'onClick' | 'style'
  > {
  /** By pointer, thumb, Enter, Space or assistive technology alike. */
  onPress?: () => void;
  isDisabled?: boolean;
}

/** @returns the props of the native `<button>`; one that isn't said to submit doesn't */
export function pressProps({ onPress, isDisabled, ...rest }: PressProps) {
  return {
    type: 'button' as const,
    ...rest,
    disabled: isDisabled ?? false,
    onClick: ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
      // Safari gives no focus to what is clicked, and a dialog hands it back to where it was.
      currentTarget.focus({ preventScroll: true });
      onPress?.();
    },
  };
}
