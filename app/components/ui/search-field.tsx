import { Search } from 'lucide-react';
import { useRef } from 'react';
import { INPUT_LOOK } from './field.tsx';
import { Kbd } from './kbd.tsx';
import { useChosenKey, useShortcut } from './shortcuts.ts';

interface SearchFieldProps {
  /** Its accessible name, its placeholder and its place in the palette. */
  label: string;
  query: string;
  onChange: (query: string) => void;
  /** Before the key leads to the field: brings it on screen where it is behind a tab. */
  onReach?: () => void;
}

/** Finds rows as one types; `/` leads to it from anywhere on the screen. */
export function SearchField({ label, query, onChange, onReach }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const key = useChosenKey('/');
  useShortcut('/', label, () => {
    // At once where it can be, so that the next keys are already typed into it.
    input.current?.focus();
    onReach?.();
    requestAnimationFrame(() => input.current?.focus());
  });
  return (
    <span className="relative grid min-w-0 items-center max-sm:w-full sm:w-60">
      <Search aria-hidden size={16} className="pointer-events-none absolute start-2.5 text-muted" />
      <input
        ref={input}
        type="search"
        // Empty, it holds the placeholder, which reads as the page does.
        {...(query ? { dir: 'auto' } : {})}
        autoComplete="off"
        aria-label={label}
        placeholder={label}
        value={query}
        maxLength={200}
        onChange={(event) => onChange(event.currentTarget.value)}
        className={`${INPUT_LOOK} px-8 max-sm:pe-3`}
      />
      {key ? (
        <span className="absolute end-2.5 grid text-muted">
          <Kbd keys={key} />
        </span>
      ) : null}
    </span>
  );
}
