import { useSyncExternalStore } from 'react';

const never = () => () => {};

/**
 * Whether React has taken the page over. Until then a control that a form doesn't send would lose
 * what is pressed, so it waits.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
