import { Link } from '@remix-run/react';
import { BookText, Table2, UserPlus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Listing } from '#app/components/ui/data-table/listing.tsx';
import { useList } from '#app/components/ui/data-table/use-list.ts';
import { SearchField } from '#app/components/ui/search-field.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useUnfinished } from '#app/components/ui/unfinished.ts';
import type { OperatorInfo, OperatorsPage } from '#app/domain/access/operators.ts';
import { type AskedOperator, INVITING, InviteDialog, NOBODY_YET } from './invite-dialog.tsx';
import { operatorColumns, RolesCell, SeenCell, StateCell, WhoCell } from './operator-columns.tsx';
import { type Begun, CHANGING, OperatorPanel } from './operator-panel.tsx';

const BY_NAME = { column: 'name', descending: false };

/** Everyone with an account: their roles, whether they may come in, and where they are signed in. */
export function OperatorsScreen({ page }: { page: OperatorsPage }) {
  const { t } = useTranslation('operators');
  const columns = useMemo(() => operatorColumns(t), [t]);
  const [wanted, setWanted] = useState('');
  const [inviting, setInviting] = useState<AskedOperator | null>(null);
  useUnfinished<AskedOperator>(INVITING, setInviting);
  const rows = useMemo(() => {
    const text = wanted.trim().toLocaleLowerCase();
    return page.operators.filter(({ name }) => name.toLocaleLowerCase().includes(text));
  }, [page.operators, wanted]);
  const { list, opened, open } = useList(rows, BY_NAME);
  const shown = page.operators.find(({ id }) => id === opened);
  const [begun, setBegun] = useState<Begun | null>(null);
  useUnfinished<Begun>(CHANGING, (kept) => {
    setBegun(kept);
    open(kept.operator);
  });
  const close = () => {
    setBegun(null);
    open(null);
  };
  return (
    <Page title={t('title')}>
      <Listing
        label={t('title')}
        toolsLabel={t('tools')}
        tools={
          <>
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
                onPress={() => setInviting(NOBODY_YET)}
              >
                {t('invite.title')}
              </Button>
            ) : null}
          </>
        }
        {...list}
        columns={columns}
        rowHeight={49}
        empty={<EmptyState title={t('none.title')}>{t('none.help')}</EmptyState>}
        card={(row) => <OperatorCard row={row} onOpen={open} />}
      />
      {shown ? <OperatorPanel operator={shown} page={page} begun={begun} onClose={close} /> : null}
      {inviting ? <InviteDialog begun={inviting} onClose={() => setInviting(null)} /> : null}
    </Page>
  );
}

/** One of them for a narrow screen. */
function OperatorCard({ row, onOpen }: { row: OperatorInfo; onOpen: (id: string) => void }) {
  const { t } = useTranslation('operators');
  return (
    <>
      <div className="flex items-start justify-between gap-3">
        <WhoCell row={row} />
        <StateCell row={row} />
      </div>
      <RolesCell row={row} />
      <div className="flex items-center justify-between gap-3 text-xs">
        <SeenCell row={row} />
        <Button onPress={() => onOpen(row.id)}>{t('open')}</Button>
      </div>
    </>
  );
}
