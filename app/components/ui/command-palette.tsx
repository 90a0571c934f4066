import { useNavigate } from '@remix-run/react';
import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from './classes.ts';
import { Dialog } from './dialog.tsx';
import { INPUT_LOOK } from './field.tsx';
import { Kbd } from './kbd.tsx';
import { searchActions } from './search-actions.ts';
import { chosenKey } from './shortcut-keys.ts';
import { type Action, useActions, useShortcut, useShortcutChoices } from './shortcuts.ts';

interface CommandPaletteProps {
  onClose: () => void;
  /** Whether the places of every operator are theirs to go to. */
  isOperator: boolean;
}

/** Everything this screen can do, by typing its name. */
export function CommandPalette({ onClose, isOperator }: CommandPaletteProps) {
  const { t } = useTranslation();
  return (
    <Dialog isOpen onClose={onClose} title={t('palette.title')}>
      {isOperator ? <OperatorPlaces /> : null}
      <ActionSearch onClose={onClose} />
    </Dialog>
  );
}

/** Where operators come seldom enough to find it here. */
function OperatorPlaces() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useShortcut(null, t('operators:matrix.link'), () => navigate('/operators/roles'));
  useShortcut(null, t('policies:title'), () => navigate('/policies'));
  return null;
}

function ActionSearch({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = searchActions(useActions(), typed);
  const choices = useShortcutChoices();
  const active = found[Math.min(at, found.length - 1)];

  const run = (action: Action) => {
    onClose();
    // After the dialog has given the focus back, so that the action may move it again.
    setTimeout(action.run);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step)
      setAt((now) => (Math.min(now, found.length - 1) + step + found.length) % found.length);
    else if (event.key === 'Enter' && active && !event.nativeEvent.isComposing) run(active);
    else return;
    event.preventDefault();
  };
  return (
    <div className="grid gap-2">
      <input
        role="combobox"
        aria-label={t('palette.search')}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={active ? `${id}-${active.id}` : undefined}
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to type
        autoFocus
        dir="auto"
        placeholder={t('palette.search')}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className={INPUT_LOOK}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('palette.title')}
        className="max-h-80 overflow-auto"
      >
        {found.map((action) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: options are reached by aria-activedescendant
          <div
            key={action.id}
            id={`${id}-${action.id}`}
            role="option"
            aria-selected={action === active}
            ref={(node) => {
              if (node && action === active) node.scrollIntoView({ block: 'nearest' });
            }}
            onClick={() => run(action)}
            className={classes(
              'target flex cursor-pointer items-center justify-between gap-2 rounded-md px-2 text-sm',
              action === active ? 'bg-raised' : 'hover:bg-raised',
            )}
          >
            {action.label}
            <ActionKey keys={action.key && chosenKey(choices, action.key)} />
          </div>
        ))}
      </div>
      {found.length ? null : <p className="text-muted text-sm">{t('palette.none')}</p>}
    </div>
  );
}

function ActionKey({ keys }: { keys: string | null }) {
  return keys ? <Kbd keys={keys} /> : null;
}
