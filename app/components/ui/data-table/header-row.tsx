// biome-ignore-all lint/a11y/useSemanticElements: rows in view only, placed by hand: an HTML table would not lay out
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid whose rows take the focus, cells and headers do not
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';
import { type Column, nextSort, type Sort } from './columns.ts';

interface HeaderRowProps<Row extends object> {
  columns: readonly Column<Row>[];
  sort: Sort | null;
  onSort?: ((sort: Sort | null) => void) | undefined;
  /** Whether all, some or no rows are selected; absent when rows can't be. */
  selection?: { state: 'all' | 'some' | 'none'; onToggle: () => void };
}

/** The sticky first row: what each column is, and a press to sort by it. */
export function HeaderRow<Row extends object>(props: HeaderRowProps<Row>) {
  const { t } = useTranslation();
  const { selection } = props;
  return (
    <div
      role="row"
      aria-rowindex={1}
      className={
        'sticky top-0 z-10 grid grid-cols-(--phone-tracks) border-line border-b bg-surface ' +
        'text-muted text-xs sm:grid-cols-(--tracks)'
      }
    >
      {selection ? (
        <div role="columnheader" className="grid place-items-center">
          <input
            type="checkbox"
            aria-label={t('table.selectAll')}
            checked={selection.state === 'all'}
            ref={(box) => {
              if (box) box.indeterminate = selection.state === 'some';
            }}
            onChange={selection.onToggle}
            className="size-4 accent-accent"
          />
        </div>
      ) : null}
      {props.columns.map((column) => (
        <ColumnHeader key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
      ))}
    </div>
  );
}

function ColumnHeader<Row extends object>({
  column,
  sort,
  onSort,
}: Pick<HeaderRowProps<Row>, 'sort' | 'onSort'> & { column: Column<Row> }) {
  const sorted = sort?.column === column.id ? sort : null;
  const look = classes(
    'flex min-h-9 w-full items-center gap-1 px-2 font-medium',
    column.align === 'end' && 'justify-end',
  );
  return (
    <div
      role="columnheader"
      aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : undefined}
      className={classes('min-w-0', !column.onPhone && 'max-sm:hidden')}
    >
      {column.sortBy && onSort ? (
        <button
          type="button"
          className={classes(look, 'hover:text-text')}
          onClick={() => onSort(nextSort(sort, column))}
        >
          <span className="truncate">{column.header}</span>
          {sorted ? <SortArrow descending={sorted.descending} /> : null}
        </button>
      ) : (
        <span className={look}>{column.header}</span>
      )}
    </div>
  );
}

function SortArrow({ descending }: { descending: boolean }) {
  const Arrow = descending ? ArrowDown : ArrowUp;
  return <Arrow aria-hidden size={14} className="shrink-0" />;
}
