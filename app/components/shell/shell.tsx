import { useNavigate } from '@remix-run/react';
import { type ComponentType, type ReactNode, Suspense, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LogWatch } from '#app/components/audit/log-watch.tsx';
import { preloadDialog } from '#app/components/ui/dialog.tsx';
import { LiveRegion } from '#app/components/ui/live-region.tsx';
import { loadSpoken } from '#app/components/ui/load-later.ts';
import { NoticeList } from '#app/components/ui/notice-list.tsx';
import { useShortcut, useShortcutListener } from '#app/components/ui/shortcuts.ts';
import { usePaletteKey } from '#app/components/ui/use-palette-key.ts';
import { rolesCan } from '#app/domain/access/capabilities.ts';
import type { Viewer } from '#app/load-context.ts';
import type { Theme } from '#app/theme/theme.ts';
import { Navigation } from './navigation.tsx';
import { destinationsOf } from './navigation-targets.ts';

const CommandPalette = loadDialog(
  async () => (await import('#app/components/ui/command-palette.tsx')).CommandPalette,
);
const ShortcutList = loadDialog(
  async () => (await import('#app/components/ui/shortcut-list.tsx')).ShortcutList,
);
const SettingsPanel = loadDialog(async () => (await import('./settings-panel.tsx')).SettingsPanel);

const RoleNewsBanner = loadSpoken(
  async () => (await import('#app/components/operators/role-news.tsx')).RoleNewsBanner,
);

const BreakNote = loadSpoken(async () => (await import('./break-note.tsx')).BreakNote);

type Opened = 'palette' | 'shortcuts' | 'settings' | null;

interface ShellProps {
  viewer: Viewer;
  theme: Theme;
  /** Minutes of work after which a pause is proposed; 0: never. */
  breakAfter: number;
  children: ReactNode;
}

/** The frame of every screen behind the sign-in: navigation, palette, keys, notices, settings. */
export function Shell({ viewer, theme, breakAfter, children }: ShellProps) {
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
      <div className="grid min-h-dvh grid-rows-[auto_1fr] sm:h-dvh sm:grid-cols-[5rem_minmax(0,1fr)] sm:grid-rows-[auto_minmax(0,1fr)]">
        {/* Above everything; nothing at all while the log is as it was, and rights too. */}
        <div className="sm:col-span-2">
          {viewer.kind === 'operator' ? <LogWatch /> : null}
          {rolesCan(viewer.roles, 'operators.grant') ? (
            <Suspense fallback={null}>
              <RoleNewsBanner />
            </Suspense>
          ) : null}
          {breakAfter > 0 ? (
            <Suspense fallback={null}>
              <BreakNote after={breakAfter} />
            </Suspense>
          ) : null}
        </div>
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
      <Suspense fallback={null}>
        {opened === 'settings' ? (
          <SettingsPanel
            onClose={close}
            onOpenShortcuts={() => setOpened('shortcuts')}
            viewer={viewer}
            theme={theme}
          />
        ) : null}
        {opened === 'palette' ? (
          <CommandPalette onClose={close} isOperator={viewer.kind === 'operator'} />
        ) : null}
        {opened === 'shortcuts' ? <ShortcutList onClose={close} /> : null}
      </Suspense>
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

// With the frame that every dialog has, not after it.
// biome-ignore lint/suspicious/noExplicitAny: React's own bound for lazy components
function loadDialog<T extends ComponentType<any>>(load: () => Promise<T>) {
  return loadSpoken(() => {
    preloadDialog();
    return load();
  });
}
