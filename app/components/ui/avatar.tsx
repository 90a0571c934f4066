import { initialsOf } from './initials.ts';

/** Initials in a square, beside a name that says the same in full. */
export function Avatar({ name, lang }: { name: string; lang?: string }) {
  return (
    <span
      aria-hidden
      lang={lang}
      dir="auto"
      className="grid size-8 shrink-0 place-items-center rounded-lg border border-line bg-raised font-semibold text-xs"
    >
      {initialsOf(name)}
    </span>
  );
}
