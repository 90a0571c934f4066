import { type ReactNode, useEffect, useId, useRef } from 'react';

interface PageProps {
  /** The page's heading; a `Name` where it is someone's words. */
  title: ReactNode;
  /** Short facts beside the heading. */
  facts?: ReactNode;
  /** The connection mark, at the end. */
  connection?: ReactNode;
  children: ReactNode;
}

/** A screen inside the shell: its header, and the one main region the skip link leads to. */
export function Page({ title, facts, connection, children }: PageProps) {
  const headingId = useId();
  const content = useRef<HTMLElement>(null);
  useEffect(() => {
    // What was pressed to come here is gone, and the keyboard with it; Remix counts the pages since.
    const isFirst = (window.history.state?.idx ?? 0) === 0;
    if (isFirst || document.activeElement !== document.body) return;
    content.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="grid min-w-0 sm:h-full sm:grid-rows-[auto_minmax(0,1fr)]">
      <header
        className={
          'sticky top-0 z-20 flex min-h-13 flex-wrap items-center gap-x-3 gap-y-1.5 border-line ' +
          'border-b bg-surface px-4 py-2'
        }
      >
        <h1 id={headingId} className="min-w-0 truncate font-semibold text-md">
          {title}
        </h1>
        {facts}
        <span className="grow" />
        {connection}
      </header>
      <main
        ref={content}
        id="content"
        tabIndex={-1}
        aria-labelledby={headingId}
        className="min-w-0 outline-none sm:overflow-auto"
      >
        {children}
      </main>
    </div>
  );
}
