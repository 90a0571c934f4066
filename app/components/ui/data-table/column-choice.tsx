import { Columns3 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import type { Column } from './columns.ts';

interface ColumnChoiceProps<Row extends object> {
  columns: readonly Column<Row>[];
  hidden: ReadonlySet<string>;
  onChange: (hidden: ReadonlySet<string>) => void;
}

/** Which columns to show; those that say what a row is about always stay. */
export function ColumnChoice<Row extends object>(props: ColumnChoiceProps<Row>) {
  const { t } = useTranslation();
  const set = (id: string, isShown: boolean) => {
    const next = new Set(props.hidden);
    if (isShown) next.delete(id);
    else next.add(id);
    props.onChange(next);
  };
  return (
    <details
      className="group/columns relative max-sm:hidden"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.open = false;
      }}
    >
      <summary className="target flex cursor-pointer list-none items-center gap-2 rounded-lg px-2 text-muted text-xs hover:bg-raised">
        <Columns3 aria-hidden size={16} />
        {t('table.columns')}
      </summary>
      <div className="absolute end-0 top-full z-30 min-w-48 rounded-lg border border-line bg-surface p-2 shadow-over">
        {props.columns
          .filter(({ isFixed }) => !isFixed)
          .map((column) => (
            <Checkbox
              key={column.id}
              checked={!props.hidden.has(column.id)}
              onChange={(isShown) => set(column.id, isShown)}
            >
              {column.header}
            </Checkbox>
          ))}
      </div>
    </details>
  );
}
