import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export type Tone = 'plain' | 'accent' | 'ok' | 'warning' | 'danger';

const PILL: Record<Tone, string> = {
  plain: 'border-line text-text',
  accent: 'border-accent/50 bg-accent-soft text-accent',
  ok: 'border-ok/50 bg-ok-soft text-ok',
  warning: 'border-warning/50 bg-warning-soft text-warning',
  danger: 'border-danger/50 bg-danger-soft text-danger',
};

const TEXT: Record<Tone, string> = {
  plain: 'text-muted',
  accent: 'text-accent',
  ok: 'text-ok',
  warning: 'text-warning',
  danger: 'text-danger',
};

interface MarkProps {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** A short fact in a frame. The words carry the meaning; tone and icon only repeat it. */
export function Pill({ tone = 'plain', icon, children, className }: MarkProps) {
  return (
    <span
      className={classes(
        'tabular inline-flex items-center gap-1.5 rounded-full border px-2.5 py-0.5 text-xs',
        PILL[tone],
        className,
      )}
    >
      {icon}
      <span>{children}</span>
    </span>
  );
}

/** A state in a line of text, never by colour alone: an icon and a word. */
export function Status({
  tone = 'plain',
  icon,
  children,
  className,
}: MarkProps & { icon: ReactNode }) {
  return (
    <span
      className={classes('tabular inline-flex items-center gap-1 text-xs', TEXT[tone], className)}
    >
      {icon}
      <span>{children}</span>
    </span>
  );
}
