import { Form, Link, useLocation } from '@remix-run/react';
import { Keyboard, LogOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sendJson } from '#app/ask-json.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { saveChoices, useShortcutChoices } from '#app/components/ui/shortcuts.ts';
import { LOCALE_NAMES, LOCALES, type Locale } from '#app/i18n/locales.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Viewer } from '#app/load-context.ts';
import { THEMES, type Theme } from '#app/theme/theme.ts';
import { useSending } from '#app/use-sending.ts';

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
  const { pathname, search } = useLocation();
  const [isUnsent, setUnsent] = useState(false);
  const choose = async (locale: Locale) => {
    const answer = await sendJson<{ ok: true }>('/preferences', new URLSearchParams({ locale }));
    setUnsent(!answer.ok);
    if (answer.ok) location.assign(pathname + search);
  };
  return (
    <Select
      label={t('menu.language')}
      value={useLocale()}
      choices={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
      onChange={(next) => void choose(next)}
      error={isUnsent ? t('sending:unsent') : null}
    />
  );
}

/** Light, dark, or as the device has it; for this device. */
export function ThemeChoice({ theme }: { theme: Theme }) {
  const { t } = useTranslation();
  const { send, answer } = useSending<{ ok: true }>('/preferences');
  return (
    <Select
      label={t('menu.theme')}
      value={theme}
      choices={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
      onChange={(next) => void send(new URLSearchParams({ theme: next }))}
      error={answer?.ok === false ? t('sending:unsent') : null}
    />
  );
}
