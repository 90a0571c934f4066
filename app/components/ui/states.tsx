import { CircleAlert, Inbox, Lock, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';

interface StateProps {
  title: string;
  /** What to do about it, or why it is so. */
  children?: ReactNode;
  /** Buttons or links onwards. */
  actions?: ReactNode;
  icon?: ReactNode;
}

function State({ title, children, actions, icon }: StateProps) {
  return (
    <div className="mx-auto grid max-w-md justify-items-center gap-2 px-4 py-12 text-center">
      <span className="text-muted">{icon}</span>
      <p className="font-semibold text-md">{title}</p>
      {children ? <div className="text-muted text-sm">{children}</div> : null}
      {actions ? <div className="mt-2 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}

/** Nothing here, and why, and what would fill it. */
export function EmptyState(props: StateProps) {
  return <State icon={<Inbox aria-hidden size={28} />} {...props} />;
}

/** Something went wrong, and what can be done. */
export function ErrorState(props: StateProps) {
  return <State icon={<CircleAlert aria-hidden size={28} className="text-danger" />} {...props} />;
}

/** The viewer has no right to this. */
export function ForbiddenState(props: StateProps) {
  return <State icon={<Lock aria-hidden size={28} />} {...props} />;
}

/** The device has no network. */
export function OfflineState(props: StateProps) {
  return <State icon={<WifiOff aria-hidden size={28} className="text-warning" />} {...props} />;
}

/** Stands where content will be, at its size, so that nothing shifts. */
export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return <div aria-hidden className={`animate-pulse rounded-md bg-raised ${className}`} />;
}
