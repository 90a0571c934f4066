import { useSyncExternalStore } from 'react';

// The `sm` breakpoint of the styles.
const WIDE = '(width >= 40rem)';

/**
 * Whether there is room for a table; null in the first HTML, where nobody knows, so that both forms
 * are drawn and the styles choose.
 */
export function useWide(): boolean | null {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(WIDE);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => window.matchMedia(WIDE).matches,
    () => null,
  );
}
