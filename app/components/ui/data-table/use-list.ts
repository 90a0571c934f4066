import { useState } from 'react';
import type { Sort } from './columns.ts';

const idOf = ({ id }: { id: string }) => id;

/**
 * What a list of rows with ids is about: how it is sorted, and which row is open.
 * @param usual how it is sorted to begin with; null: in the order given
 * @returns `list`, the props of its `Listing`, beside the id of the open row
 */
export function useList<Row extends { id: string }>(rows: readonly Row[], usual: Sort | null) {
  const [sort, setSort] = useState(usual);
  const [opened, open] = useState<string | null>(null);
  const list = {
    rows,
    rowId: idOf,
    sort,
    onSort: setSort,
    current: opened,
    onOpen: ({ id }: Row) => open(id),
  };
  return { list, opened, open };
}
