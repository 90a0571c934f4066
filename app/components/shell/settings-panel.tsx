import { Form, Link, useFetcher, useLocation } from '@remix-run/react';
import { Keyboard, LogOut } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { saveChoices, useShortcutChoices } from '#app/components/ui/shortcuts.ts';
import { LOCALE_NAMES, LOCALES } from '#app/i18n/locales.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Viewer } from '#app/load-context.ts';
import { THEMES, type Theme } from '#app/theme/theme.ts';

interface SettingsPanelProps {
  onClose: () => void;
  onOpenShortcuts: () => void;
  viewer: Viewer;
  theme: Theme;
}

/** Who is signed in, and how the console looks and listens on this device. */
export function SettingsPanel(props: SettingsPanelProps) {
  const { t } = useTranslation();
  return (
    <Dialog isOpen onClose={props.onClose} title={t('menu.label')}>
      <Settings {...props} />
    </Dialog>
  );
}

function Settings(props: SettingsPanelProps) {
  const { t } = useTranslation();
  const choices = useShortcutChoices();
  const { viewer } = props;
  const roles = viewer.roles.map((role) => t(`words:operator.${role}`));
  return (
    <div className="grid gap-4">
      <p className="text-sm">
        <Name className="font-semibold">{viewer.name}</Name>
        <span className="ms-2 text-muted">
          {viewer.kind === 'host' ? t('words:role.host') : roles.join(' · ')}
        </span>
      </p>
      {viewer.kind === 'operator' ? (
        <p className="flex flex-wrap gap-x-4 gap-y-2 text-sm">
          <Link to="/profile" onClick={props.onClose} className="text-accent underline">
            {t('account:profile.title')}
          </Link>
          <Link to="/policies" onClick={props.onClose} className="text-accent underline">
            {t('policies:title')}
          </Link>
        </p>
      ) : null}
      <LanguageChoice />
      <ThemeChoice theme={props.theme} />
      <Checkbox checked={!choices.off} onChange={(on) => saveChoices({ ...choices, off: !on })}>
        {t('menu.keys')}
      </Checkbox>
      <div className="flex flex-wrap gap-2">
        <Button icon={<Keyboard aria-hidden size={16} />} onPress={props.onOpenShortcuts}>
          {t('menu.shortcuts')}
        </Button>
        <Form method="post" action="/sign-out">
          <Button
            type="submit"
            icon={<LogOut aria-hidden size={16} className="rtl:-scale-x-100" />}
          >
            {t('menu.signOut')}
          </Button>
        </Form>
      </div>
    </div>
  );
}

/** Loads the page anew: strings, direction and faces change together. */
export function LanguageChoice() {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const { pathname, search } = useLocation();
  return (
    <Form ref={form} method="post" action="/preferences" reloadDocument>
      <input type="hidden" name="from" value={pathname + search} />
      <Select
        label={t('menu.language')}
        name="locale"
        defaultValue={useLocale()}
        choices={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
        onChange={() => form.current?.requestSubmit()}
      />
    </Form>
  );
}

/** Light, dark, or as the device has it; for this device. */
export function ThemeChoice({ theme }: { theme: Theme }) {
  const { t } = useTranslation();
  const fetcher = useFetcher();
  const { pathname, search } = useLocation();
  return (
    <Select
      label={t('menu.theme')}
      value={theme}
      choices={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
      onChange={(next) =>
        fetcher.submit(
          { theme: next, from: pathname + search },
          { method: 'post', action: '/preferences' },
        )
      }
    />
  );
}
