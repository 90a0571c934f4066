import { Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConnectionMark } from '#app/components/shell/connection-mark.tsx';
import { Page } from '#app/components/shell/page.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { preloadDialog } from '#app/components/ui/dialog.tsx';
import { loadLater, loadSpoken } from '#app/components/ui/load-later.ts';
import { Name } from '#app/components/ui/name.tsx';
import { useShortcut } from '#app/components/ui/shortcuts.ts';
import { Skeleton } from '#app/components/ui/states.tsx';
import type { Connection } from '#app/live/freshness.ts';
import type { RoomHead, Viewer } from '#app/load-context.ts';
import { Banners } from './banners.tsx';
import { HandsQueue } from './hands-queue.tsx';
import { HeaderFacts } from './header-facts.tsx';
import { LiveSummary } from './live-summary.tsx';
import { NoRoom } from './no-room.tsx';
import { RoomScreenContext, useLive } from './room-context.ts';
import { ALL_TABS, type RoomTab, RoomTabs } from './room-tabs.tsx';
import { SectionHeading } from './section-heading.tsx';
import { Stage } from './stage.tsx';
import { useActing } from './use-acting.ts';
import { useMedia } from './use-media.ts';
import { useOpenRoom } from './use-open-room.ts';
import { useRosterView } from './use-roster-view.ts';

const FloorTimeline = loadLater(async () => (await import('./floor-timeline.tsx')).FloorTimeline);
const Roster = loadLater(async () => (await import('./roster.tsx')).Roster);
const RoomPanel = loadLater(async () => (await import('./room-panel.tsx')).RoomPanel);
const ActDialog = loadLater(async () => (await import('./act-dialog.tsx')).ActDialog);
const ReceiptDialog = loadSpoken(
  async () => (await import('#app/components/audit/receipt-dialog.tsx')).ReceiptDialog,
);
const PersonPanel = loadLater(async () => (await import('./person-panel.tsx')).PersonPanel);

/** Milliseconds until the first view of a live room stands. */
const STANDS_AFTER = 500;

/** One live room: who is on the stage, who asks to speak, everyone here, and what can be done. */
export function RoomScreen({ head, viewer }: { head: RoomHead; viewer: Viewer }) {
  const store = useOpenRoom(head.id);
  const acting = useActing(store, head.id);
  const [selected, select] = useState<string | null>(null);
  const value = useMemo(
    () => ({ store, head, viewer, acting, selected, select }),
    [store, head, viewer, acting, selected],
  );
  return (
    <RoomScreenContext.Provider value={value}>
      <Page
        title={<Name lang={head.language}>{head.title}</Name>}
        facts={<HeaderFacts />}
        connection={<RoomConnection />}
      >
        <Content selected={selected} />
      </Page>
      {acting.question ? (
        <Suspense fallback={null}>
          <ActDialog key={acting.question.id} question={acting.question} />
        </Suspense>
      ) : null}
      {acting.receipt ? (
        <Suspense fallback={null}>
          <ReceiptDialog command={acting.receipt} onClose={acting.closeReceipt} />
        </Suspense>
      ) : null}
      <RoomKeys undoLast={acting.undoLast} />
      <LiveSummary />
    </RoomScreenContext.Provider>
  );
}

function Content({ selected }: { selected: string | null }) {
  const { t } = useTranslation('room');
  const refusal = useLive('access', (store) => store.refusal, null);
  const roster = useRosterView();
  const [tab, setTab] = useState<RoomTab>('stage');
  const seen = useSeen(tab);
  // The first view needs none of these; once it stands, a person must open at once.
  const isLive = useLive('connection', ({ connection }) => connection.state === 'live', false);
  useEffect(() => {
    if (!isLive) return;
    if (selected !== null) {
      preloadDialog();
      import('./act-dialog.tsx').catch(() => {});
      return;
    }
    // Behind the first view, not beside it.
    const timer = setTimeout(() => import('./person-panel.tsx').catch(() => {}), STANDS_AFTER);
    return () => clearTimeout(timer);
  }, [isLive, selected]);
  if (refusal !== null) return <NoRoom reason={refusal} />;
  const on = (...tabs: RoomTab[]) => (tabs.includes(tab) ? '' : 'max-lg:hidden');
  return (
    <div className="flex min-h-full flex-col lg:grid lg:h-full lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="flex min-h-0 min-w-0 flex-col gap-3 p-3 max-lg:grow lg:overflow-auto">
        <Banners />
        <div
          className={classes(
            'grid min-h-0 shrink-0 gap-x-4 gap-y-3 xl:grid-cols-[minmax(0,1fr)_20rem]',
            'lg:max-h-[38%] lg:overflow-auto xl:overflow-hidden',
            on('stage', 'hands'),
          )}
        >
          <div className={classes('grid min-h-0', on('stage'))}>
            <Stage />
          </div>
          <div className={classes('grid min-h-0', on('stage', 'hands'))}>
            <HandsQueue />
          </div>
        </div>
        <div className={classes('grid min-h-0 lg:min-h-72 lg:grow', on('people'))}>
          {seen.has('people') ? (
            <Suspense fallback={<Skeleton className="h-full min-h-72 w-full" />}>
              <Roster state={roster} onReach={() => setTab('people')} />
            </Suspense>
          ) : (
            <Skeleton className="h-full min-h-72 w-full" />
          )}
        </div>
        <section aria-labelledby="floor-heading" className={classes('shrink-0', on('more'))}>
          <SectionHeading id="floor-heading" note={t('floor.span')}>
            {t('floor.title')}
          </SectionHeading>
          {seen.has('more') ? (
            <Suspense fallback={<Skeleton className="h-36 w-full" />}>
              <FloorTimeline />
            </Suspense>
          ) : (
            <Skeleton className="h-36 w-full" />
          )}
        </section>
      </div>
      <aside
        aria-label={t('panel.aside')}
        className="lg:overflow-auto lg:border-line lg:border-s lg:bg-surface max-lg:contents"
      >
        <div
          className={
            'max-lg:sticky max-lg:z-20 max-lg:order-last max-lg:bottom-0 ' +
            'max-sm:bottom-[calc(3rem+1px+env(safe-area-inset-bottom))]'
          }
        >
          {selected ? (
            <Suspense fallback={<Skeleton className="h-80 w-full" />}>
              <PersonPanel key={selected} member={selected} />
            </Suspense>
          ) : null}
          <div className={selected ? 'max-lg:hidden' : ''}>
            <RoomTabs tab={tab} onChange={setTab} />
          </div>
        </div>
        <div className={on('more')}>
          {seen.has('more') ? (
            <Suspense fallback={<Skeleton className="m-4 h-80" />}>
              <RoomPanel />
            </Suspense>
          ) : null}
        </div>
      </aside>
    </div>
  );
}

function RoomConnection() {
  const connection = useLive<Connection>('connection', (store) => store.connection, {
    state: 'connecting',
  });
  return <ConnectionMark connection={connection} />;
}

function RoomKeys({ undoLast }: { undoLast: () => void }) {
  const { t } = useTranslation('room');
  useShortcut('z', t('act.undoLast'), undoLast);
  return null;
}

/** Parts that have been in view: on a narrow screen a part behind a tab isn't even fetched before. */
function useSeen(tab: RoomTab): ReadonlySet<RoomTab> {
  const isWide = useMedia('(width >= 64rem)');
  const [seen, setSeen] = useState<ReadonlySet<RoomTab>>(new Set());
  useEffect(() => {
    setSeen((before) => new Set([...before, tab, ...(isWide ? ALL_TABS : [])]));
  }, [isWide, tab]);
  return seen;
}
