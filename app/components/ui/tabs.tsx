import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

export interface Tab<Key extends string> {
  key: Key;
  label: string;
  count?: string;
}

interface TabsProps<Key extends string> {
  label: string;
  tabs: readonly Tab<Key>[];
  selected: Key;
  onSelect: (key: Key) => void;
  children: ReactNode;
}

/** Tabs over one panel; arrow keys follow the reading direction, Home and End go to the ends. */
export function Tabs<Key extends string>(props: TabsProps<Key>) {
  const id = useId();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = props.tabs.findIndex((tab) => tab.key === props.selected);
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowRight: at + forward,
      ArrowLeft: at - forward,
      Home: 0,
      End: props.tabs.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = props.tabs[(to + props.tabs.length) % props.tabs.length];
    if (!next) return;
    props.onSelect(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  return (
    <div className="grid gap-2">
      <div
        role="tablist"
        aria-label={props.label}
        onKeyDown={move}
        className="flex flex-wrap border-b border-line"
      >
        {props.tabs.map((tab) => {
          const on = tab.key === props.selected;
          return (
            <button
              key={tab.key}
              id={`${id}-${tab.key}`}
              type="button"
              role="tab"
              aria-selected={on}
              aria-controls={`${id}-panel`}
              tabIndex={on ? 0 : -1}
              onClick={() => props.onSelect(tab.key)}
              className={classes(
                'target -mb-px inline-flex items-center gap-1.5 whitespace-nowrap border-b-2 px-3 text-sm',
                on ? 'border-accent font-semibold text-text' : 'border-transparent text-muted',
              )}
            >
              {tab.label}
              {tab.count ? <span className="tabular text-xs text-muted">{tab.count}</span> : null}
            </button>
          );
        })}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${props.selected}`}>
        {props.children}
      </div>
    </div>
  );
}
