// biome-ignore-all lint/a11y/useSemanticElements: rows in view only, placed by hand: an HTML table would not lay out
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid whose rows take the focus, cells and headers do not
import { type RowSelectionState, useTable } from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { BodyRow } from './body-row.tsx';
import { type Column, columnDefs, features, type Sort, sortingOf, tracks } from './columns.ts';
import { HeaderRow } from './header-row.tsx';
import { keepOrder, rowAfterKey } from './steady-order.ts';
import { useRowFocus } from './use-row-focus.ts';

export interface DataTableProps<Row extends object> {
  /** The table's accessible name. */
  label: string;
  /** A new array when anything changed; an unchanged row keeps its identity and isn't drawn again. */
  rows: readonly Row[];
  rowId: (row: Row) => string;
  columns: readonly Column<Row>[];
  sort?: Sort | null;
  /** The rows come in the order of `sort` already; the table neither sorts nor holds them. */
  isOrdered?: boolean;
  onSort?: (sort: Sort | null) => void;
  /** Ids of columns not shown. */
  hidden?: ReadonlySet<string>;
  /** Ids of selected rows; with `onSelect` rows can be selected. */
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  /** The row whose details are open. */
  current?: string | null;
  onOpen?: (row: Row) => void;
  /** Shown in place of rows when there are none. */
  empty: ReactNode;
  /** In pixels, with the line below. */
  rowHeight?: number;
  className?: string;
}

const NO_IDS: ReadonlySet<string> = new Set();

/** A table of any length: only rows in view are in the page, and live rows never lose the focus. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rowId, columns, sort = null, hidden = NO_IDS, selected = NO_IDS, onSelect } = props;
  const { rowHeight = 40, current = null } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const grid = useRef<HTMLDivElement>(null);

  const table = useTable({
    features,
    columns: useMemo(() => columnDefs(columns, locale), [columns, locale]),
    data: props.rows,
    getRowId: rowId,
    enableMultiSort: false,
    manualSorting: props.isOrdered ?? false,
    state: {
      sorting: useMemo(() => sortingOf(sort), [sort]),
      rowSelection: useMemo(() => selectionOf(selected), [selected]),
      columnVisibility: useMemo(() => visibilityOf(hidden), [hidden]),
    },
  });
  const sorted = table.getRowModel().rows;

  const [isHeld, setHeld] = useState(false);
  const order = useRef<readonly string[]>([]);
  const rows = useMemo(
    () => (isHeld ? keepOrder(order.current, sorted, ({ id }) => id) : sorted),
    [isHeld, sorted],
  );
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  order.current = ids;

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 8,
    // Enough for the first HTML, before there is anything to measure.
    initialRect: { width: 0, height: 640 },
    scrollPaddingStart: 36,
    rangeExtractor: (range) => withRow(defaultRangeExtractor(range), focus.active),
  });
  const focus = useRowFocus(grid, ids, (index) => virtualizer.scrollToIndex(index));

  const visible = table
    .getVisibleLeafColumns()
    .flatMap(({ id }) => columns.find((column) => column.id === id) ?? []);
  const shown = useStable(visible);

  const now = useRef({ rows, selected, props });
  now.current = { rows, selected, props };
  const open = useCallback((index: number) => {
    const row = now.current.rows[index];
    if (row) now.current.props.onOpen?.(row.original);
  }, []);
  const toggle = useCallback((index: number) => {
    const row = now.current.rows[index];
    if (!row) return;
    const next = new Set(now.current.selected);
    if (!next.delete(row.id)) next.add(row.id);
    now.current.props.onSelect?.(next);
  }, []);
  const toggleAll = () => onSelect?.(selected.size > 0 ? new Set() : new Set(ids));

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const onRow = (event.target as HTMLElement).dataset.row !== undefined;
    if (!onRow || event.ctrlKey || event.metaKey || event.altKey) return;
    const perPage = Math.max(1, Math.floor((grid.current?.clientHeight ?? 0) / rowHeight) - 2);
    const to = rowAfterKey(event.key, focus.active, rows.length, perPage);
    if (to !== null) focus.moveTo(to);
    else if (event.key === 'Enter') open(focus.active);
    else if (event.key === ' ') (onSelect ? toggle : open)(focus.active);
    else return;
    event.preventDefault();
  };

  const style = {
    '--tracks': tracks(shown, onSelect !== undefined),
    '--phone-tracks': tracks(
      shown.filter(({ onPhone }) => onPhone),
      onSelect !== undefined,
    ),
  } as CSSProperties;

  return (
    <div
      ref={grid}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable={onSelect ? true : undefined}
      onKeyDown={onKeyDown}
      onFocus={focus.onFocus}
      onBlur={focus.onBlur}
      style={style}
      className={classes('relative overflow-auto bg-surface', props.className)}
    >
      <HeaderRow
        columns={shown}
        sort={sort}
        onSort={props.onSort}
        {...(onSelect
          ? { selection: { state: stateOf(selected.size, ids.length), onToggle: toggleAll } }
          : {})}
      />
      {rows.length === 0 ? (
        <div role="rowgroup">
          <div role="row">
            <div role="gridcell">{props.empty}</div>
          </div>
        </div>
      ) : (
        <div
          role="rowgroup"
          className="relative"
          style={{ blockSize: virtualizer.getTotalSize() }}
          onPointerEnter={({ pointerType }) => setHeld(pointerType === 'mouse' && !props.isOrdered)}
          onPointerLeave={() => setHeld(false)}
        >
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row ? (
              <BodyRow
                key={row.id}
                row={row.original}
                index={index}
                start={start}
                height={rowHeight}
                columns={shown}
                isTabStop={index === focus.active}
                isCurrent={row.id === current}
                {...(onSelect ? { isSelected: row.getIsSelected() } : {})}
                onPress={open}
                onToggle={toggle}
              />
            ) : null;
          })}
        </div>
      )}
      {rows === sorted ? null : (
        <p className="sticky start-0 bottom-0 bg-raised px-2 py-1 text-muted text-xs">
          {t('table.orderHeld')}
        </p>
      )}
    </div>
  );
}

function stateOf(selected: number, all: number): 'all' | 'some' | 'none' {
  if (selected === 0) return 'none';
  return selected >= all ? 'all' : 'some';
}

function selectionOf(ids: ReadonlySet<string>): RowSelectionState {
  return Object.fromEntries(Array.from(ids, (id) => [id, true] as const));
}

function visibilityOf(hidden: ReadonlySet<string>): Record<string, boolean> {
  return Object.fromEntries(Array.from(hidden, (id) => [id, false]));
}

// The row with the keyboard stays in the page wherever the table is scrolled.
function withRow(range: number[], row: number): number[] {
  if (row < 0 || range.includes(row)) return range;
  return [...range, row].sort((a, b) => a - b);
}

function useStable<T>(list: T[]): T[] {
  const last = useRef(list);
  const same =
    last.current.length === list.length && list.every((item, at) => item === last.current[at]);
  if (!same) last.current = list;
  return last.current;
}
