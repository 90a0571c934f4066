import { KeyRound } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import type { Sort } from '#app/components/ui/data-table/columns.ts';
import { Listing } from '#app/components/ui/data-table/listing.tsx';
import { EmptyState } from '#app/components/ui/states.tsx';
import { useUnfinished } from '#app/components/ui/unfinished.ts';
import type { KeyRow, KeysPage } from '#app/domain/platform/view.ts';
import { formatList } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { KeyNameCell, KeyStateCell, keyColumns, ScopesCell, UsedCell } from './key-columns.tsx';
import { KeyPanel } from './key-panel.tsx';
import { type AskedKey, MAKING, MakeKeyDialog, USUAL_KEY } from './make-key-dialog.tsx';
import { type AskedOverlap, RENEWING, USUAL_OVERLAP } from './overlap-form.tsx';
import { PlatformTabs } from './platform-tabs.tsx';

const idOf = ({ id }: KeyRow) => id;

/** The platform's keys: who may call, what for, until when, and whether they do. */
export function KeysScreen({ page }: { page: KeysPage }) {
  const { t } = useTranslation('platform');
  const locale = useLocale();
  const columns = useMemo(() => keyColumns(t), [t]);
  const [sort, setSort] = useState<Sort | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const [begun, setBegun] = useState<AskedOverlap | null>(null);
  useUnfinished<AskedOverlap>(RENEWING, (kept) => {
    setBegun(kept);
    setOpened(kept.id);
  });
  const [making, setMaking] = useState<AskedKey | null>(null);
  useUnfinished<AskedKey>(MAKING, setMaking);
  const { keys, configured, usualCalls } = page;
  const shown = keys.find(({ id }) => id === opened);
  return (
    <Page title={t('title')} facts={<PlatformTabs />}>
      <Listing
        label={t('keys.title')}
        tools={
          <>
            <p className="min-w-0 flex-1 basis-40 text-muted text-xs">
              {configured.length > 0
                ? t('keys.configured', {
                    keys: formatList(
                      locale,
                      configured.map(({ id }) => id),
                    ),
                  })
                : null}
            </p>
            <Button
              variant="primary"
              icon={<KeyRound aria-hidden size={16} />}
              onPress={() => setMaking(USUAL_KEY)}
            >
              {t('keys.make')}
            </Button>
          </>
        }
        rows={keys}
        rowId={idOf}
        columns={columns}
        sort={sort}
        onSort={setSort}
        current={opened}
        onOpen={({ id }) => setOpened(id)}
        rowHeight={53}
        empty={<EmptyState title={t('keys.none.title')}>{t('keys.none.help')}</EmptyState>}
        card={(row) => <KeyCard row={row} onOpen={setOpened} />}
      />
      {shown ? (
        <KeyPanel
          key={shown.id}
          row={shown}
          usualCalls={usualCalls}
          overlap={begun?.id === shown.id ? begun.hours : USUAL_OVERLAP}
          onClose={() => setOpened(null)}
        />
      ) : null}
      {making ? (
        <MakeKeyDialog usualCalls={usualCalls} begun={making} onClose={() => setMaking(null)} />
      ) : null}
    </Page>
  );
}

/** One of them for a narrow screen. */
function KeyCard({ row, onOpen }: { row: KeyRow; onOpen: (id: string) => void }) {
  const { t } = useTranslation('platform');
  return (
    <>
      <KeyNameCell row={row} />
      <KeyStateCell row={row} />
      <ScopesCell row={row} />
      <div className="flex items-center justify-between gap-3 text-xs">
        <UsedCell row={row} />
        <Button onPress={() => onOpen(row.id)}>{t('open')}</Button>
      </div>
    </>
  );
}
