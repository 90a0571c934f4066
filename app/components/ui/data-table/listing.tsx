import type { ReactNode } from 'react';
import { useWide } from '#app/components/ui/use-wide.ts';
import { DataTable, type DataTableProps } from './data-table.tsx';

interface ListingProps<Row extends object> extends Omit<DataTableProps<Row>, 'className'> {
  /** What can be done beside looking, above the rows. */
  tools: ReactNode;
  /** The tools' accessible name; default: that of the table. */
  toolsLabel?: string;
  /** One row for a narrow screen, whole. */
  card: (row: Row) => ReactNode;
}

/** A page's one list: tools above, a table below, or cards on a narrow screen. */
export function Listing<Row extends object>(props: ListingProps<Row>) {
  const { tools, toolsLabel, card, ...table } = props;
  const isWide = useWide();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_minmax(0,1fr)]">
      <section
        aria-label={toolsLabel ?? table.label}
        className="flex flex-wrap items-center gap-2 border-line border-b bg-surface px-3 py-2"
      >
        {tools}
      </section>
      {isWide === false ? null : <DataTable {...table} className="max-sm:hidden" />}
      {isWide === true ? null : (
        <div className="sm:hidden">
          {table.rows.length > 0 ? (
            <ol aria-label={table.label} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
              {table.rows.map((row) => (
                <li
                  key={table.rowId(row)}
                  className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line bg-surface p-3"
                >
                  {card(row)}
                </li>
              ))}
            </ol>
          ) : (
            table.empty
          )}
        </div>
      )}
    </div>
  );
}
