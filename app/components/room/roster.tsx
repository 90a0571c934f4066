import { RefreshCw } from 'lucide-react';
import { Suspense, useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ColumnChoice } from '#app/components/ui/data-table/column-choice.tsx';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { IconButton } from '#app/components/ui/icon-button.tsx';
import { loadLater } from '#app/components/ui/load-later.ts';
import { EmptyState, Skeleton } from '#app/components/ui/states.tsx';
import { ToggleChips } from '#app/components/ui/toggle-chips.tsx';
import { useSteady } from '#app/components/ui/use-steady.ts';
import type { PersonCard } from '#app/domain/rooms/state.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { FACETS, type SortKey } from '#app/live/roster-order.ts';
import { useRoom, useRoomScreen } from './room-context.ts';
import { rosterColumns } from './roster-columns.tsx';
import { RosterSearch } from './roster-search.tsx';
import { useMedia } from './use-media.ts';
import { useRosterOrder } from './use-roster-order.ts';
import type { RosterViewState } from './use-roster-view.ts';

const SelectionBar = loadLater(async () => (await import('./selection-bar.tsx')).SelectionBar);

const idOf = ({ memberId }: PersonCard) => memberId;

/** Everyone here: found by typing, narrowed by facets, ordered by any column, still while pointed at. */
export function Roster({ state, onReach }: { state: RosterViewState; onReach: () => void }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { selected, select } = useRoomScreen();
  const isLoading = useRoom() === null;
  const { view, change } = state;
  const order = useRosterOrder(useDeferredValue(view));
  const steady = useSteady(order.cards, order.view);
  const columns = useMemo(() => rosterColumns(t), [t]);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const n = (value: number) => formatNumber(locale, value);
  const isTouched = useMedia('(pointer: coarse), (width < 40rem)');
  const { by, descending } = view.sort;

  return (
    <section
      aria-label={t('roster.label')}
      className="grid min-h-0 grid-rows-[auto_minmax(0,1fr)] overflow-hidden rounded-lg border border-line bg-surface"
    >
      <div className="flex flex-wrap items-center gap-2 border-line border-b p-2">
        <RosterSearch
          query={view.query}
          onChange={(query) => change({ query })}
          onReach={onReach}
        />
        <ToggleChips
          label={t('roster.facets')}
          chips={FACETS.map((key) => ({
            key,
            label: t(`facet.${key}`),
            count: n(order.facets[key]),
          }))}
          selected={view.facets}
          onChange={(facets) => change({ facets })}
        />
        <span className="grow" />
        <IconButton
          label={t('roster.update')}
          icon={<RefreshCw size={16} />}
          onPress={steady.update}
          // Keeps its place, so that the list does not move when it comes.
          className={steady.isWaiting ? 'bg-accent-soft' : 'invisible'}
        />
        <span className="tabular text-muted text-xs">
          {order.cards.length === order.total
            ? t('roster.count', { count: order.total, n: n(order.total) })
            : t('roster.found', { n: n(order.cards.length), total: n(order.total) })}
        </span>
        <ColumnChoice
          columns={columns}
          hidden={state.hidden}
          onChange={(hidden) => state.setHidden(hidden)}
        />
      </div>
      <div {...steady.pointer} className="grid min-h-0 max-lg:h-[60dvh]">
        {isLoading ? (
          <RosterSkeleton />
        ) : (
          <DataTable
            label={t('roster.label')}
            rows={steady.shown}
            isOrdered
            rowId={idOf}
            columns={columns}
            hidden={state.hidden}
            sort={{ column: by, descending }}
            onSort={(sort) =>
              change({
                sort: sort
                  ? { by: sort.column as SortKey, descending: sort.descending }
                  : { by: 'role', descending: false },
              })
            }
            selected={marked}
            onSelect={setMarked}
            current={selected}
            onOpen={({ memberId }) => select(memberId)}
            rowHeight={isTouched ? 45 : 33}
            empty={<EmptyState title={t('roster.nobody')}>{t('roster.nobodyHelp')}</EmptyState>}
          />
        )}
      </div>
      {marked.size > 0 ? (
        <Suspense fallback={null}>
          <SelectionBar marked={marked} onClear={() => setMarked(new Set())} />
        </Suspense>
      ) : null}
    </section>
  );
}

function RosterSkeleton() {
  return (
    <div className="grid content-start gap-2 p-2">
      {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => (
        <Skeleton key={key} className="h-7 w-full" />
      ))}
    </div>
  );
}
