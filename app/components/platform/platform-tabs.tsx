import { NavLink } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';

const LOOK = 'target inline-flex items-center rounded-lg px-3 text-sm hover:bg-raised';

/** The two halves of the platform's access. */
export function PlatformTabs() {
  const { t } = useTranslation('platform');
  const look = ({ isActive }: { isActive: boolean }) =>
    classes(LOOK, isActive ? 'bg-raised font-semibold' : 'text-muted');
  return (
    <nav aria-label={t('tabs')} className="flex gap-1">
      <NavLink to="/platform/keys" className={look}>
        {t('keys.title')}
      </NavLink>
      <NavLink to="/platform/webhooks" className={look}>
        {t('hooks.title')}
      </NavLink>
    </nav>
  );
}
