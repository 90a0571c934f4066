import { useNavigate } from '@remix-run/react';
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CommandPalette, usePaletteKey } from '#app/components/ui/command-palette.tsx';
import { LiveRegion } from '#app/components/ui/live-region.tsx';
import { NoticeList } from '#app/components/ui/notice-list.tsx';
import { ShortcutList } from '#app/components/ui/shortcut-list.tsx';
import { useShortcut, useShortcutListener } from '#app/components/ui/shortcuts.ts';
import type { Viewer } from '#app/load-context.ts';
import type { Theme } from '#app/theme/theme.ts';
import { Navigation } from './navigation.tsx';
import { destinationsOf } from './navigation-targets.ts';
import { SettingsPanel } from './settings-panel.tsx';

type Opened = 'palette' | 'shortcuts' | 'settings' | null;

interface ShellProps {
  viewer: Viewer;
  theme: Theme;
  children: ReactNode;
}

/** The frame of every screen behind the sign-in: navigation, palette, keys, notices, settings. */
export function Shell({ viewer, theme, children }: ShellProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  usePaletteKey(useCallback(() => setOpened('palette'), []));
  useShortcutListener();
  useShortcut('?', t('menu.shortcuts'), () => setOpened('shortcuts'));
  useShortcut(null, t('menu.label'), () => setOpened('settings'));

  return (
    <>
      <a
        href="#content"
        className={
          'fixed start-2 top-2 z-50 -translate-y-16 rounded-lg bg-accent px-3 py-2 text-on-accent ' +
          'focus:translate-y-0'
        }
      >
        {t('app.skip')}
      </a>
      <div className="grid min-h-dvh sm:h-dvh sm:grid-cols-[5rem_minmax(0,1fr)]">
        <Navigation
          viewer={viewer}
          onOpenPalette={() => setOpened('palette')}
          onOpenSettings={() => setOpened('settings')}
        />
        <div className="min-w-0 max-sm:pb-[calc(3.5rem+env(safe-area-inset-bottom))] sm:overflow-hidden">
          {children}
        </div>
      </div>
      {destinationsOf(viewer).map(({ to, label }) => (
        <GoTo key={to} to={to} label={t(label)} />
      ))}
      <SettingsPanel
        isOpen={opened === 'settings'}
        onClose={close}
        onOpenShortcuts={() => setOpened('shortcuts')}
        viewer={viewer}
        theme={theme}
      />
      <CommandPalette isOpen={opened === 'palette'} onClose={close} />
      <ShortcutList isOpen={opened === 'shortcuts'} onClose={close} />
      <NoticeList />
      <LiveRegion />
    </>
  );
}

/** Puts a destination into the command palette. */
function GoTo({ to, label }: { to: string; label: string }) {
  const navigate = useNavigate();
  useShortcut(null, label, () => navigate(to));
  return null;
}
