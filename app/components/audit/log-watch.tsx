import { Suspense, useEffect } from 'react';
import { loadSpoken } from '#app/components/ui/load-later.ts';
import { checkLogNow } from '#app/live/log-check/log-check.ts';
import { useLogCheck } from './use-log-check.ts';

const AlarmBanner = loadSpoken(async () => (await import('./alarm-banner.tsx')).AlarmBanner);

// After the screen stands: nobody waits for it.
const AFTER_START = 3_000;

/** Checks the log once when the console starts, and says on every screen when it was found false. */
export function LogWatch() {
  const { alarm } = useLogCheck();
  useEffect(() => {
    const timer = setTimeout(() => void checkLogNow(), AFTER_START);
    return () => clearTimeout(timer);
  }, []);
  return alarm === null ? null : (
    <Suspense fallback={null}>
      <AlarmBanner alarm={alarm} />
    </Suspense>
  );
}
