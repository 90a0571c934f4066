import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Skeleton } from '#app/components/ui/states.tsx';
import { useSteady } from '#app/components/ui/use-steady.ts';
import { ROLES } from '#app/domain/rooms/state.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { RoomModel } from '#app/live/room-model.ts';
import { useRoomScreen, useTopic } from './room-context.ts';
import { SectionHeading } from './section-heading.tsx';
import { StageCard } from './stage-card.tsx';
import { useKeptFocus } from './use-kept-focus.ts';

const SHOWN_AT_FIRST = 24;

/** Everyone who can speak: host, moderators, then speakers in order of coming. */
export function Stage() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store } = useRoomScreen();
  const version = useTopic(store, 'stage');
  const ids = useStageOrder(store.model, version);
  const { shown, pointer } = useSteady(ids, null);
  const [isWhole, setWhole] = useState(false);
  const focus = useKeptFocus<HTMLUListElement>();
  const cards = isWhole ? shown : shown.slice(0, SHOWN_AT_FIRST);
  return (
    <section aria-labelledby="stage-heading" className="flex min-h-0 flex-col gap-1">
      <SectionHeading id="stage-heading" count={store.model.room?.counts.stage ?? 0}>
        {t('words:stage')}
      </SectionHeading>
      {store.model.room === null ? <StageSkeleton /> : null}
      {store.model.room !== null && shown.length === 0 ? (
        <p className="text-muted">{t('stage.empty')}</p>
      ) : null}
      <ul
        {...focus}
        {...pointer}
        className={
          'grid min-h-0 content-start gap-1.5 p-1 outline-none xl:overflow-auto ' +
          'sm:grid-cols-[repeat(auto-fill,minmax(12.5rem,1fr))]'
        }
      >
        {cards.map((member) => (
          <StageCard key={member} member={member} />
        ))}
      </ul>
      {shown.length > cards.length ? (
        <Button variant="ghost" onPress={() => setWhole(true)}>
          {t('stage.all', { n: formatNumber(locale, shown.length) })}
        </Button>
      ) : null}
    </section>
  );
}

// Same order, same array: what is drawn stays what it is until someone comes or goes.
function useStageOrder(model: RoomModel, version: number): readonly string[] {
  const order = useMemo(() => {
    void version;
    return stageOrder(model);
  }, [model, version]);
  const key = order.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all there is in the order
  return useMemo(() => order, [key]);
}

/** @returns member ids, highest role first, then who came first. */
function stageOrder(model: RoomModel): string[] {
  const people = [...model.stage].flatMap((id) => model.people.get(id) ?? []);
  people.sort(
    (a, b) =>
      ROLES.indexOf(b.role) - ROLES.indexOf(a.role) ||
      (a.joinedAt ?? 0) - (b.joinedAt ?? 0) ||
      a.ord - b.ord,
  );
  return people.map(({ memberId }) => memberId);
}

function StageSkeleton() {
  return (
    <div className="grid gap-2 sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))]">
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} className="h-14.5 w-full" />
      ))}
    </div>
  );
}
