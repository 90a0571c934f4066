import { NavLink } from '@remix-run/react';
import { AudioLines, Cable, Command, ScrollText, Settings, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';
import type { Viewer } from '#app/load-context.ts';
import { type Destination, destinationsOf } from './navigation-targets.ts';

interface NavigationProps {
  viewer: Viewer;
  onOpenPalette: () => void;
  onOpenSettings: () => void;
}

const ICONS: Record<Destination['label'], ReactNode> = {
  'nav.rooms': <AudioLines aria-hidden size={20} />,
  'nav.room': <AudioLines aria-hidden size={20} />,
  'nav.log': <ScrollText aria-hidden size={20} />,
  'nav.platform': <Cable aria-hidden size={20} />,
  'nav.operators': <Users aria-hidden size={20} />,
};

const ITEM =
  'flex min-h-12 w-full min-w-0 flex-col items-center justify-center gap-0.5 rounded-lg px-0 py-1 sm:px-1 ' +
  'wrap-normal text-center text-muted text-xs hover:bg-raised hover:text-text';
/** Places that fit a phone beside the palette, which has keys elsewhere. */
const MOST_WITH_PALETTE = 3;

/** A rail at the start edge; on a phone a bar at the thumb. */
export function Navigation({ viewer, onOpenPalette, onOpenSettings }: NavigationProps) {
  const { t } = useTranslation();
  const destinations = destinationsOf(viewer);
  const isCrowded = destinations.length > MOST_WITH_PALETTE;
  return (
    <nav
      aria-label={t('nav.label')}
      className={
        'flex gap-1 border-line bg-surface max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 ' +
        'max-sm:z-30 max-sm:border-t max-sm:px-2 max-sm:pb-[env(safe-area-inset-bottom)] ' +
        'sm:flex-col sm:border-e sm:px-1 sm:py-2'
      }
    >
      {destinations.map(({ to, label }) => (
        <NavLink
          key={to}
          to={to}
          prefetch="intent"
          className={({ isActive }) =>
            classes(ITEM, isActive && 'bg-raised font-semibold text-text')
          }
        >
          {ICONS[label]}
          <span className="max-w-full truncate">{t(label)}</span>
        </NavLink>
      ))}
      <span className="grow max-sm:hidden" />
      <button
        type="button"
        onClick={onOpenPalette}
        className={classes(ITEM, isCrowded && 'max-sm:hidden')}
      >
        <Command aria-hidden size={20} />
        <span>{t('palette.title')}</span>
      </button>
      <button type="button" onClick={onOpenSettings} className={ITEM}>
        <Settings aria-hidden size={20} />
        <span>{t('menu.short')}</span>
      </button>
    </nav>
  );
}
