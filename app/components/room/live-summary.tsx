import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { announce, announceNow } from '#app/components/ui/live-region.tsx';
import { formatList, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { useLive, useRoom, useRoomScreen } from './room-context.ts';

const SUMMARY_EVERY = 5_000;

/** Says for screen readers what changed: one summary every few seconds, urgent things at once. */
export function LiveSummary() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store } = useRoomScreen();
  const room = useRoom();
  const incident = useLive('incidents', ({ model }) => model.incidents.all.at(-1)?.id, undefined);

  useEffect(() => {
    const timer = setInterval(() => {
      const tally = store.model.takeTally();
      const parts = (['joined', 'left', 'hands'] as const)
        .filter((key) => tally[key] > 0)
        .map((key) =>
          t(`summary.${key}`, { count: tally[key], n: formatNumber(locale, tally[key]) }),
        );
      if (parts.length > 0) announce(formatList(locale, parts), 'room');
    }, SUMMARY_EVERY);
    return () => clearInterval(timer);
  }, [store, t, locale]);

  useUrgent(room?.unattendedSince ? t('banner.unattended') : null);
  useUrgent(room?.status === 'ended' ? t('banner.ended') : null);
  useUrgent(incident ? t('incident.title') : null);
  return null;
}

function useUrgent(text: string | null): void {
  useEffect(() => {
    if (text !== null) announceNow(text);
  }, [text]);
}
