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
}

/** Finds rows as one types; `/` leads to it from anywhere on the screen. */
export function SearchField({ label, query, onChange }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const key = useChosenKey('/');
  useShortcut('/', label, () => input.current?.focus());
  return (
    <span className="relative grid min-w-0 items-center max-sm:w-full sm:w-56">
      <Search aria-hidden size={16} className="pointer-events-none absolute start-2.5 text-muted" />
      <input
        ref={input}
        type="search"
        dir="auto"
        autoComplete="off"
        aria-label={label}
        placeholder={label}
        value={query}
        maxLength={200}
        onChange={(event) => onChange(event.currentTarget.value)}
        className={`${INPUT_LOOK} px-8`}
      />
      {key ? <Kbd keys={key} className="absolute end-2.5 text-muted" /> : null}
    </span>
  );
}
