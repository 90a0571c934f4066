import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';

/** One column of a table, as its screen describes it. Keep the array stable between renders. */
export interface Column<Row extends object> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** What to sort by; without it the column can't be sorted. Undefined sorts last both ways. */
  sortBy?: (row: Row) => string | number | undefined;
  /** The largest is what one looks for: the first press sorts it to the top. */
  largestFirst?: boolean;
  /** A CSS grid track, e.g. `minmax(8rem, 2fr)`. */
  width: string;
  align?: 'end';
  /** Stays when columns are chosen: what the row is about. */
  isFixed?: boolean;
  /** Also shown at phone width. */
  onPhone?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

export const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
});
export type Features = typeof features;

/** Turns the screen's columns into the table library's, sorting words as the language does. */
export function columnDefs<Row extends object>(
  columns: readonly Column<Row>[],
  locale: string,
): ColumnDef<Features, Row, unknown>[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return columns.map(({ id, sortBy, isFixed }) => ({
    id,
    accessorFn: (row) => sortBy?.(row),
    enableSorting: sortBy !== undefined,
    enableHiding: isFixed !== true,
    sortUndefined: 'last',
    sortFn: (a, b) => {
      const [left, right] = [a.getValue(id), b.getValue(id)];
      if (typeof left === 'number' && typeof right === 'number') return left - right;
      return compare(String(left), String(right));
    },
  }));
}

/** @returns the table library's sorting state for a sort. */
export function sortingOf(sort: Sort | null): SortingState {
  return sort ? [{ id: sort.column, desc: sort.descending }] : [];
}

/** @returns what pressing a column's header asks for: one direction, then the other, then neither. */
export function nextSort(
  sort: Sort | null,
  { id, largestFirst = false }: { id: string; largestFirst?: boolean },
): Sort | null {
  if (sort?.column !== id) return { column: id, descending: largestFirst };
  return sort.descending === largestFirst ? { column: id, descending: !largestFirst } : null;
}

/** @returns the grid's tracks, with a first one for the checkboxes of selectable rows. */
export function tracks<Row extends object>(
  columns: readonly Column<Row>[],
  selectable: boolean,
): string {
  return [...(selectable ? ['2.75rem'] : []), ...columns.map(({ width }) => width)].join(' ');
}
