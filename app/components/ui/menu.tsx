import { type ReactNode, Suspense, useRef, useState } from 'react';
import { classes } from './classes.ts';
import { loadLater } from './load-later.ts';
import { pressProps } from './press.ts';

export interface MenuItem {
  key: string;
  label: string;
  icon?: ReactNode;
  shortcut?: string;
  tone?: 'danger';
  isDisabled?: boolean;
  onAction: () => void;
}

interface MenuProps {
  /** What the menu is about: accessible name of its button and itself. */
  label: string;
  trigger: ReactNode;
  items: readonly MenuItem[];
  className?: string;
}

const MenuBody = loadLater(async () => (await import('./menu-body.tsx')).MenuBody);

/** A button that opens a list of actions; the list's code is fetched on the first press. */
export function Menu({ label, trigger, items, className }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        {...pressProps({ onPress: () => setOpen(true) })}
        ref={button}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        className={classes(
          'target-square inline-flex items-center justify-center gap-2 rounded-lg hover:bg-raised',
          className,
        )}
      >
        {trigger}
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <MenuBody label={label} items={items} trigger={button} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
