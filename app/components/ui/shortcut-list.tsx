import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { Checkbox } from './checkbox.tsx';
import { Dialog } from './dialog.tsx';
import { INPUT_LOOK } from './field.tsx';
import { keyOf, moveKey, NO_CHOICES } from './shortcut-keys.ts';
import { saveChoices, useActions, useShortcutChoices } from './shortcuts.ts';

/** The keys of this screen: what each does, another key for each, or all of them off. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const choices = useShortcutChoices();
  const actions = useActions();
  const labels = new Map(actions.flatMap(({ key, label }) => (key ? [[key, label] as const] : [])));
  const keys = [...labels.keys()];
  return (
    <Dialog isOpen onClose={onClose} title={t('shortcuts.title')}>
      <Checkbox checked={!choices.off} onChange={(on) => saveChoices({ ...choices, off: !on })}>
        {t('shortcuts.on')}
      </Checkbox>
      <p className="text-muted text-sm">{t('shortcuts.help')}</p>
      <ul className="grid gap-1">
        {[...labels].map(([key, label]) => (
          <li key={key}>
            <label className="flex items-center justify-between gap-4 text-sm">
              <span>{label}</span>
              <input
                readOnly
                dir="ltr"
                disabled={choices.off}
                value={(choices.moved[key] ?? key).toUpperCase()}
                onKeyDown={(event) => {
                  const pressed = keyOf(event.nativeEvent);
                  if (pressed) saveChoices(moveKey(choices, keys, key, pressed));
                }}
                className={`${INPUT_LOOK} max-w-14 text-center font-mono`}
              />
            </label>
          </li>
        ))}
        <li className="flex items-center justify-between gap-4 text-sm">
          <span>{t('palette.title')}</span>
          <kbd dir="ltr" className="font-mono text-muted text-xs">
            Ctrl/⌘ K
          </kbd>
        </li>
      </ul>
      <footer className="flex justify-end">
        <Button onPress={() => saveChoices(NO_CHOICES)}>{t('shortcuts.reset')}</Button>
      </footer>
    </Dialog>
  );
}
