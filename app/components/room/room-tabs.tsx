import { Ellipsis, Hand, Mic, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { useRoom } from './room-context.ts';

export const ALL_TABS = ['stage', 'hands', 'people', 'more'] as const;
export type RoomTab = (typeof ALL_TABS)[number];

const ICONS: Record<RoomTab, ReactNode> = {
  stage: <Mic aria-hidden size={18} />,
  hands: <Hand aria-hidden size={18} />,
  people: <Users aria-hidden size={18} />,
  more: <Ellipsis aria-hidden size={18} />,
};

/** Where a narrow screen shows one part at a time: the parts, at the thumb. */
export function RoomTabs({ tab, onChange }: { tab: RoomTab; onChange: (tab: RoomTab) => void }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const counts = useRoom()?.counts;
  const count: Partial<Record<RoomTab, number | undefined>> = {
    stage: counts?.stage,
    hands: counts?.hands,
    people: counts?.present,
  };
  return (
    <nav
      aria-label={t('tabs.label')}
      className="grid grid-cols-4 gap-1 border-line border-t bg-surface p-1 lg:hidden"
    >
      {ALL_TABS.map((key) => (
        <button
          key={key}
          type="button"
          aria-pressed={key === tab}
          onClick={() => onChange(key)}
          className={classes(
            'flex min-h-12 flex-col items-center justify-center rounded-lg text-xs',
            key === tab ? 'bg-accent-soft font-semibold text-accent' : 'text-muted',
          )}
        >
          <span className="tabular flex items-center gap-1">
            {ICONS[key]}
            {count[key] === undefined ? null : formatNumber(locale, count[key])}
          </span>
          <span>{t(`tabs.${key}`)}</span>
        </button>
      ))}
    </nav>
  );
}
