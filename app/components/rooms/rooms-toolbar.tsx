import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { ColumnChoice } from '#app/components/ui/data-table/column-choice.tsx';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { SearchField } from '#app/components/ui/search-field.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { useChosenKey, useShortcut } from '#app/components/ui/shortcuts.ts';
import { ToggleChips } from '#app/components/ui/toggle-chips.tsx';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { countFacets, FACETS, type Facet, SORT_KEYS, USUAL_SORT } from './rooms-view.ts';
import type { RoomsViewState } from './use-rooms-view.ts';

interface RoomsToolbarProps {
  rows: readonly RoomRow[];
  /** How many rooms the view leaves. */
  found: number;
  state: RoomsViewState;
  columns: readonly Column<RoomRow>[];
  /** Shows the newest order; null when nothing waits. */
  onUpdate: (() => void) | null;
}

/** Search, facets, and what to do when a new order waits. */
export function RoomsToolbar({ rows, found, state, columns, onUpdate }: RoomsToolbarProps) {
  const { t } = useTranslation('rooms');
  const locale = useLocale();
  const { view, change } = state;
  const counts = useMemo(() => countFacets(rows), [rows]);
  const key = useChosenKey('u');
  useShortcut('u', t('update'), () => onUpdate?.(), onUpdate !== null);
  const n = (value: number) => formatNumber(locale, value);
  const isNarrowed = view.query !== '' || view.facets.size > 0;
  // Facets that would narrow nothing or to nothing only take up room, unless they are on.
  const narrows = (facet: Facet) => counts[facet] > 0 && counts[facet] < rows.length;
  const offered = FACETS.filter((facet) => narrows(facet) || view.facets.has(facet));
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-b bg-surface p-2">
      <div className="max-sm:min-w-0 max-sm:flex-1">
        <SearchField
          label={t('search')}
          query={view.query}
          onChange={(query) => change({ query })}
        />
      </div>
      <div className="w-36 sm:hidden">
        <Select
          label={t('sort.label')}
          labelHidden
          value={view.sort.by}
          choices={SORT_KEYS.map((value) => ({ value, label: t(`sort.${value}`) }))}
          onChange={(by) =>
            change({ sort: by === 'urgency' ? USUAL_SORT : { by, descending: by !== 'title' } })
          }
        />
      </div>
      {offered.length > 0 ? (
        // One line to push along, so that a phone shows rooms and not only facets.
        <div className="max-sm:w-full max-sm:overflow-x-auto max-sm:*:w-max max-sm:*:flex-nowrap">
          <ToggleChips
            label={t('facets')}
            chips={offered.map((key) => ({ key, label: t(`facet.${key}`), count: n(counts[key]) }))}
            selected={view.facets}
            onChange={(facets) => change({ facets })}
          />
        </div>
      ) : null}
      <span className="grow" />
      {onUpdate ? (
        <Button variant="ghost" onPress={onUpdate} {...(key ? { shortcut: key } : {})}>
          {t('update')}
        </Button>
      ) : null}
      {isNarrowed ? (
        <span className="tabular text-muted text-xs">
          {t('found', { n: n(found), total: n(rows.length) })}
        </span>
      ) : null}
      <ColumnChoice columns={columns} hidden={state.hidden} onChange={state.setHidden} />
    </div>
  );
}
