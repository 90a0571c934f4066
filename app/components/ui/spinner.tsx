import { LoaderCircle } from 'lucide-react';

/** A sign of work in progress; whoever shows it says so in words. */
export function Spinner() {
  return <LoaderCircle aria-hidden size={16} className="shrink-0 animate-spin" />;
}
