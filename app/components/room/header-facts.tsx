import { Lock, Waves } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isolate } from '#app/components/ui/isolate.ts';
import { Pill } from '#app/components/ui/pill.tsx';
import type { Watcher } from '#app/domain/rooms/protocol.ts';
import { formatList, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { IncidentPill } from './incident-pill.tsx';
import { useLive, useRoom, useRoomScreen } from './room-context.ts';

const NAMED = 3;
const NOBODY: readonly Watcher[] = [];

/** The facts beside the title: how many, what is wrong, who else is looking. */
export function HeaderFacts() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { head } = useRoomScreen();
  const room = useRoom();
  const n = (value: number) => formatNumber(locale, value);
  const here = room?.counts.present ?? head.present;
  return (
    <>
      <Pill>
        {t('counts.here', { n: n(here) })}
        {room ? (
          <>
            {' · '}
            {t('counts.stage', { n: n(room.counts.stage) })}
            {' · '}
            {t('counts.hands', { count: room.counts.hands, n: n(room.counts.hands) })}
          </>
        ) : null}
      </Pill>
      <IncidentPill />
      {room?.locked ? (
        <Pill tone="warning" icon={<Lock aria-hidden size={14} />}>
          {t('head.locked')}
        </Pill>
      ) : null}
      {room?.calm ? (
        <Pill tone="accent" icon={<Waves aria-hidden size={14} />}>
          {t('head.calm')}
        </Pill>
      ) : null}
      <Watchers />
    </>
  );
}

function Watchers() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { viewer } = useRoomScreen();
  const watchers = useLive('watchers', (store) => store.watchers, NOBODY);
  const others = watchers.filter(({ name }) => name !== viewer.name).map(({ name }) => name);
  if (watchers.length === 0) return null;
  if (others.length === 0) return <Pill className="max-sm:hidden">{t('watchers.alone')}</Pill>;
  const named = others.slice(0, NAMED).map(isolate);
  const more = others.length - named.length;
  const rest = more > 0 ? [t('watchers.more', { count: more })] : [];
  return (
    <Pill className="max-sm:hidden">
      {t('watchers.names', { names: formatList(locale, [...named, ...rest]) })}
    </Pill>
  );
}
