import { Link } from '@remix-run/react';
import { BookText, Table2, UserPlus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import type { Sort } from '#app/components/ui/data-table/columns.ts';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { SearchField } from '#app/components/ui/search-field.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useUnfinished } from '#app/components/ui/unfinished.ts';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { OperatorInfo, OperatorsPage } from '#app/domain/access/operators.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { operatorColumns, RolesCell, SeenCell, StateCell, WhoCell } from './operator-columns.tsx';
import { type Begun, CHANGING, OperatorPanel } from './operator-panel.tsx';

const idOf = ({ id }: OperatorInfo) => id;

/** Everyone with an account: their roles, whether they may come in, and where they are signed in. */
export function OperatorsScreen({ page }: { page: OperatorsPage }) {
  const { t } = useTranslation('operators');
  const columns = useMemo(() => operatorColumns(t), [t]);
  const [sort, setSort] = useState<Sort | null>({ column: 'name', descending: false });
  const [wanted, setWanted] = useState('');
  const [opened, setOpened] = useState<string | null>(null);
  const [begun, setBegun] = useState<Begun | null>(null);
  useUnfinished<Begun>(CHANGING, (kept) => {
    setBegun(kept);
    setOpened(kept.operator);
  });
  const close = () => {
    setBegun(null);
    setOpened(null);
  };
  const [isInviting, setInviting] = useState(false);
  const isWide = useWide();
  const rows = useMemo(() => {
    const text = wanted.trim().toLocaleLowerCase();
    return page.operators.filter(({ name }) => name.toLocaleLowerCase().includes(text));
  }, [page.operators, wanted]);
  const shown = page.operators.find(({ id }) => id === opened);
  const empty = <EmptyState title={t('none.title')}>{t('none.help')}</EmptyState>;
  return (
    <Page title={t('title')}>
      <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_minmax(0,1fr)]">
        <section
          aria-label={t('tools')}
          className="flex flex-wrap items-center gap-2 border-line border-b bg-surface px-3 py-2"
        >
          <div className="min-w-0 grow sm:max-w-64">
            <SearchField label={t('search')} query={wanted} onChange={setWanted} />
          </div>
          <span className="grow max-sm:hidden" />
          <Link
            to="/operators/roles"
            className="target inline-flex items-center gap-2 rounded-lg px-3 text-sm hover:bg-raised"
          >
            <Table2 aria-hidden size={16} />
            {t('matrix.link')}
          </Link>
          <Link
            to="/policies"
            className="target inline-flex items-center gap-2 rounded-lg px-3 text-sm hover:bg-raised"
          >
            <BookText aria-hidden size={16} />
            {t('policies:title')}
          </Link>
          {page.mayInvite ? (
            <Button
              variant="primary"
              icon={<UserPlus aria-hidden size={16} />}
              onPress={() => setInviting(true)}
            >
              {t('invite.title')}
            </Button>
          ) : null}
        </section>
        {isWide === false ? null : (
          <DataTable
            className="max-sm:hidden"
            label={t('title')}
            rows={rows}
            rowId={idOf}
            columns={columns}
            sort={sort}
            onSort={setSort}
            current={opened}
            onOpen={({ id }) => setOpened(id)}
            rowHeight={49}
            empty={empty}
          />
        )}
        {isWide === true ? null : (
          <div className="sm:hidden">
            {rows.length > 0 ? <Cards rows={rows} onOpen={setOpened} /> : empty}
          </div>
        )}
      </div>
      {shown ? <OperatorPanel operator={shown} page={page} begun={begun} onClose={close} /> : null}
      {isInviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </Page>
  );
}

/** The same for a narrow screen, one below the other. */
function Cards(props: { rows: readonly OperatorInfo[]; onOpen: (id: string) => void }) {
  const { t } = useTranslation('operators');
  return (
    <ol aria-label={t('title')} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
      {props.rows.map((row) => (
        <li
          key={row.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line bg-surface p-3"
        >
          <div className="flex items-start justify-between gap-3">
            <WhoCell row={row} />
            <StateCell row={row} />
          </div>
          <RolesCell row={row} />
          <div className="flex items-center justify-between gap-3 text-xs">
            <SeenCell row={row} />
            <Button onPress={() => props.onOpen(row.id)}>{t('open')}</Button>
          </div>
        </li>
      ))}
    </ol>
  );
}
