import { Search } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { INPUT_LOOK } from '#app/components/ui/field.tsx';
import { Kbd } from '#app/components/ui/kbd.tsx';
import { useChosenKey, useShortcut } from '#app/components/ui/shortcuts.ts';

interface RosterSearchProps {
  query: string;
  onChange: (query: string) => void;
  /** Before the search field takes the focus: shows the roster where it is behind a tab. */
  onReach: () => void;
}

/** Finds people by any part of name or handle, in any script. */
export function RosterSearch({ query, onChange, onReach }: RosterSearchProps) {
  const { t } = useTranslation('room');
  const input = useRef<HTMLInputElement>(null);
  const key = useChosenKey('/');
  useShortcut('/', t('roster.find'), () => {
    onReach();
    requestAnimationFrame(() => input.current?.focus());
  });
  return (
    <span className="relative grid min-w-0 items-center max-sm:w-full sm:w-56">
      <Search aria-hidden size={16} className="pointer-events-none absolute start-2.5 text-muted" />
      <input
        ref={input}
        type="search"
        dir="auto"
        autoComplete="off"
        aria-label={t('roster.find')}
        placeholder={t('roster.find')}
        value={query}
        onChange={(event) => onChange(event.currentTarget.value)}
        className={`${INPUT_LOOK} px-8`}
      />
      {key ? <Kbd keys={key} className="absolute end-2.5 text-muted" /> : null}
    </span>
  );
}
