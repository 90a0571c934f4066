import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { useSteady } from '#app/components/ui/use-steady.ts';
import { mayUse } from '#app/domain/rooms/authority.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { RoomModel } from '#app/live/room-model.ts';
import { HandCard } from './hand-card.tsx';
import { usePower, useRoom, useRoomScreen, useTopic } from './room-context.ts';
import { SectionHeading } from './section-heading.tsx';
import { useKeptFocus } from './use-kept-focus.ts';

const SHOWN_AT_FIRST = 30;

/** Raised hands in order of time. */
export function HandsQueue() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store, acting } = useRoomScreen();
  const room = useRoom();
  const power = usePower();
  const version = useTopic(store, 'hands');
  const ids = useMemo(() => {
    void version;
    return queueOf(store.model);
  }, [store, version]);
  const { shown, pointer } = useSteady(ids, null);
  const [isWhole, setWhole] = useState(false);
  const focus = useKeptFocus<HTMLOListElement>();
  const cards = isWhole ? shown : shown.slice(0, SHOWN_AT_FIRST);
  const clear = { name: 'clear_hands' } as const;
  return (
    <section aria-labelledby="hands-heading" className="flex min-h-0 flex-col gap-1">
      <SectionHeading
        id="hands-heading"
        count={ids.length}
        note={t('hands.order')}
        end={
          ids.length > 0 && mayUse(power, 'clear_hands') ? (
            <Button variant="ghost" onPress={() => acting.begin(clear)}>
              {t('act.clear_hands')}
            </Button>
          ) : null
        }
      >
        {t('words:hands')}
      </SectionHeading>
      {room !== null && shown.length === 0 ? (
        <p className="text-muted">{t(room.handsOpen ? 'hands.empty' : 'hands.closed')}</p>
      ) : null}
      <ol
        {...focus}
        {...pointer}
        className={
          'grid min-h-0 content-start gap-1.5 p-1 outline-none xl:overflow-auto ' +
          'sm:grid-cols-[repeat(auto-fill,minmax(16rem,1fr))]'
        }
      >
        {cards.map((member, index) => (
          <HandCard key={member} member={member} place={index + 1} />
        ))}
      </ol>
      {shown.length > cards.length ? (
        <Button variant="ghost" onPress={() => setWhole(true)}>
          {t('hands.all', { n: formatNumber(locale, shown.length) })}
        </Button>
      ) : null}
    </section>
  );
}

function queueOf(model: RoomModel): readonly string[] {
  const raised = [...model.hands].flatMap((id) => model.people.get(id) ?? []);
  raised.sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0) || a.ord - b.ord);
  return raised.map(({ memberId }) => memberId);
}
