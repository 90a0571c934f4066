import { Check } from 'lucide-react';
import { classes } from './classes.ts';

export interface Chip<Key extends string> {
  key: Key;
  label: string;
  /** How many there are, already formatted. */
  count?: string;
}

interface ToggleChipsProps<Key extends string> {
  label: string;
  chips: readonly Chip<Key>[];
  selected: ReadonlySet<Key>;
  onChange: (selected: ReadonlySet<Key>) => void;
}

/** Facets that can be on together. */
export function ToggleChips<Key extends string>(props: ToggleChipsProps<Key>) {
  const toggle = (key: Key) => {
    const next = new Set(props.selected);
    if (!next.delete(key)) next.add(key);
    props.onChange(next);
  };
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">{props.label}</legend>
      {props.chips.map((chip) => {
        const on = props.selected.has(chip.key);
        return (
          <button
            key={chip.key}
            type="button"
            aria-pressed={on}
            onClick={() => toggle(chip.key)}
            className={classes(
              'target inline-flex items-center gap-1.5 rounded-full border px-3 text-xs',
              on ? 'border-accent bg-accent-soft text-accent' : 'border-control text-text',
            )}
          >
            {on ? <Check aria-hidden size={14} /> : null}
            {chip.label}
            {chip.count ? <span className="tabular text-muted">{chip.count}</span> : null}
          </button>
        );
      })}
    </fieldset>
  );
}
