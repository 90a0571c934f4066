import { type ReactNode, useId } from 'react';

/** A part of a page, under a heading of its own. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-xl border border-line bg-surface p-4"
    >
      <h2 id={id} className="font-semibold text-md">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Facts by name, one below the other. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-2 text-sm sm:grid-cols-[9rem_minmax(0,1fr)]">
      {children}
    </dl>
  );
}

/** One of them. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted max-sm:text-xs">{name}</dt>
      <dd className="min-w-0 max-sm:mb-1">{children}</dd>
    </>
  );
}

/** Something for machines: a hash, an id, a leaf. Breaks anywhere; reads left to right. */
export function Code({ children }: { children: string }) {
  return (
    <code dir="ltr" className="wrap-anywhere block text-start font-mono text-xs rtl:text-right">
      {children}
    </code>
  );
}
