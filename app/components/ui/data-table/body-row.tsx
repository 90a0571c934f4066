// biome-ignore-all lint/a11y/useSemanticElements: rows in view only, placed by hand: an HTML table would not lay out
// biome-ignore-all lint/a11y/useFocusableInteractive: in a grid whose rows take the focus, cells and headers do not
import { type MouseEvent, memo } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';
import type { Column } from './columns.ts';

interface BodyRowProps<Row extends object> {
  row: Row;
  index: number;
  /** Distance from the top of the body, in pixels. */
  start: number;
  height: number;
  columns: readonly Column<Row>[];
  /** Takes the Tab key. */
  isTabStop: boolean;
  /** Its details are open beside the table. */
  isCurrent: boolean;
  /** Absent when rows can't be selected. */
  isSelected?: boolean;
  onPress: (index: number) => void;
  onToggle: (index: number) => void;
}

function Row<Item extends object>(props: BodyRowProps<Item>) {
  const { t } = useTranslation();
  const { row, index, isSelected } = props;
  const press = (event: MouseEvent<HTMLElement>) => {
    if (!(event.target as Element).closest('button, a, input')) props.onPress(index);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it has the keys
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected ?? props.isCurrent}
      data-row={index}
      tabIndex={props.isTabStop ? 0 : -1}
      onClick={press}
      style={{ transform: `translateY(${props.start}px)`, blockSize: props.height }}
      className={classes(
        'absolute inset-x-0 top-0 grid cursor-default grid-cols-(--phone-tracks) items-center',
        'border-line border-b text-sm focus-visible:-outline-offset-2 sm:grid-cols-(--tracks)',
        props.isCurrent || isSelected ? 'bg-accent-soft' : 'hover:bg-raised',
      )}
    >
      {isSelected === undefined ? null : (
        <div role="gridcell" className="grid h-full place-items-center">
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={t('table.selectRow')}
            checked={isSelected}
            onChange={() => props.onToggle(index)}
            className="size-4 accent-accent"
          />
        </div>
      )}
      {props.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={classes(
            'min-w-0 truncate px-2',
            column.align === 'end' && 'tabular text-end',
            !column.onPhone && 'max-sm:hidden',
          )}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** One row; drawn again only when its own content changes, not with every live batch. */
export const BodyRow = memo(Row) as typeof Row;
