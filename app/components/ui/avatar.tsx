import { initialsOf } from './initials.ts';

/** Initials in a square, beside a name that says the same in full. */
export function Avatar({ name, lang }: { name: string; lang?: string }) {
  return (
    <span
      aria-hidden
      lang={lang}
      dir="auto"
      className="flex size-8 shrink-0 items-center justify-center rounded-lg border border-line bg-raised font-semibold text-xs"
    >
      {initialsOf(name)}
    </span>
  );
}
