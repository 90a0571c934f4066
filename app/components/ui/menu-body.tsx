import type { RefObject } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { useLocale } from '#app/i18n/use-locale.ts';
import { classes } from './classes.ts';
import { Kbd } from './kbd.tsx';
import type { MenuItem as Item } from './menu.tsx';

interface MenuBodyProps {
  label: string;
  items: readonly Item[];
  trigger: RefObject<HTMLElement>;
  onClose: () => void;
}

/** The open list of a menu, placed beside its button. */
export function MenuBody({ label, items, trigger, onClose }: MenuBodyProps) {
  return (
    <I18nProvider locale={useLocale()}>
      <Popover
        isOpen
        aria-label={label}
        triggerRef={trigger}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        className="min-w-48 overflow-auto rounded-lg border border-line bg-surface p-1 shadow-over"
      >
        <Menu aria-label={label} onClose={onClose} autoFocus="first" className="outline-none">
          {items.map((item) => (
            <MenuItem
              key={item.key}
              id={item.key}
              textValue={item.label}
              isDisabled={item.isDisabled ?? false}
              onAction={item.onAction}
              className={classes(
                'target flex cursor-pointer items-center gap-2 rounded-md px-2 text-sm outline-none',
                'data-focused:bg-raised data-disabled:opacity-60',
                item.tone === 'danger' && 'text-danger',
              )}
            >
              {item.icon}
              <span className="grow">{item.label}</span>
              {item.shortcut ? <Kbd keys={item.shortcut} /> : null}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </I18nProvider>
  );
}
