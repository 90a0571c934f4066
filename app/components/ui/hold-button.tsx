import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from './classes.ts';
import { useHold } from './use-hold.ts';

interface HoldButtonProps {
  children: ReactNode;
  icon?: ReactNode;
  onConfirm: () => void;
  /** How long to hold, in milliseconds. */
  holdFor?: number;
  isDisabled?: boolean;
  className?: string;
}

const SECOND_PRESS_WITHIN = 5_000;

/**
 * Confirmed by holding: pointer, thumb, Enter or Space alike; letting go early does nothing. Screen
 * readers and switches, which can't hold, press twice within five seconds instead.
 */
export function HoldButton(props: HoldButtonProps) {
  const { holdFor = 1_200, onConfirm } = props;
  const { t } = useTranslation();
  const [phase, setPhase] = useState<'idle' | 'holding' | 'armed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);

  const enter = (next: typeof phase, forMs: number, then: () => void) => {
    clearTimeout(timer.current);
    setPhase(next);
    timer.current = setTimeout(then, forMs);
  };
  const leave = () => {
    clearTimeout(timer.current);
    setPhase('idle');
  };
  const confirm = () => {
    leave();
    onConfirm();
  };
  const hold = useHold({
    onStart: () => enter('holding', holdFor, confirm),
    onEnd: leave,
    onVirtualPress: () =>
      phase === 'armed' ? confirm() : enter('armed', SECOND_PRESS_WITHIN, leave),
  });

  return (
    <button
      type="button"
      {...hold}
      disabled={props.isDisabled ?? false}
      className={classes(
        'target relative inline-flex w-full select-none items-center gap-2 overflow-hidden',
        'rounded-lg border border-danger/50 px-3 py-1 text-start text-sm text-danger',
        'touch-none disabled:opacity-60',
        props.className,
      )}
    >
      <span
        aria-hidden
        className="absolute inset-y-0 start-0 bg-danger/25"
        style={{
          inlineSize: phase === 'holding' ? '100%' : 0,
          transition: phase === 'holding' ? `inline-size ${holdFor}ms linear` : 'none',
        }}
      />
      {props.icon}
      <span className="relative grow">{props.children}</span>
      <span className="relative text-xs text-muted" aria-live="polite">
        {t(phase === 'armed' ? 'hold.pressAgain' : phase === 'holding' ? 'hold.keep' : 'hold.hint')}
      </span>
    </button>
  );
}
