import { useLocation } from '@remix-run/react';
import { Coffee } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import {
  beginShift,
  countWork,
  isBreakDue,
  LOOK_EVERY,
  parseShift,
  putOffBreak,
  type Shift,
  wears,
} from '#app/exposure/shift.ts';

const KEY = 'rostrum:shift';

/** Proposes a pause after so many minutes with rooms or the log, quietly; putting it off costs nothing. */
export function BreakNote({ after }: { after: number }) {
  const { t } = useTranslation('account');
  const { pathname } = useLocation();
  const [shift, setShift] = useState<Shift | null>(null);
  useEffect(() => {
    const look = () => {
      const before = parseShift(localStorage.getItem(KEY));
      const isWork = wears(pathname) && document.visibilityState === 'visible';
      setShift(isWork ? keepShift(countWork(before, Date.now())) : before);
    };
    look();
    const timer = setInterval(look, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [pathname]);
  const answer = (next: Shift) => {
    setShift(keepShift(next));
    // The pressed button goes.
    document.getElementById('content')?.focus({ preventScroll: true });
  };
  if (shift === null || !isBreakDue(shift, after)) return <div role="status" />;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b bg-surface px-4 py-2"
    >
      <Coffee aria-hidden size={20} className="shrink-0 text-accent" />
      <p className="min-w-0 grow basis-64 text-sm">
        {t('break.due', { count: Math.floor(shift.minutes) })}
      </p>
      <span className="flex flex-wrap gap-2">
        <Button onPress={() => answer(putOffBreak(shift))}>{t('break.skip')}</Button>
        <Button onPress={() => answer(beginShift(Date.now()))}>{t('break.taken')}</Button>
      </span>
    </div>
  );
}

function keepShift(shift: Shift): Shift {
  localStorage.setItem(KEY, JSON.stringify(shift));
  return shift;
}
