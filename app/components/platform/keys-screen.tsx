import { KeyRound } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Listing } from '#app/components/ui/data-table/listing.tsx';
import { useList } from '#app/components/ui/data-table/use-list.ts';
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

/** The platform's keys: who may call, what for, until when, and whether they do. */
export function KeysScreen({ page }: { page: KeysPage }) {
  const { t } = useTranslation('platform');
  const locale = useLocale();
  const columns = useMemo(() => keyColumns(t), [t]);
  const { keys, configured, usualCalls } = page;
  const { list, opened, open } = useList(keys, null);
  const [begun, setBegun] = useState<AskedOverlap | null>(null);
  useUnfinished<AskedOverlap>(RENEWING, (kept) => {
    setBegun(kept);
    open(kept.id);
  });
  const [making, setMaking] = useState<AskedKey | null>(null);
  useUnfinished<AskedKey>(MAKING, setMaking);
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
        {...list}
        columns={columns}
        rowHeight={53}
        empty={<EmptyState title={t('keys.none.title')}>{t('keys.none.help')}</EmptyState>}
        card={(row) => <KeyCard row={row} onOpen={open} />}
      />
      {shown ? (
        <KeyPanel
          key={shown.id}
          row={shown}
          usualCalls={usualCalls}
          overlap={begun?.id === shown.id ? begun.hours : USUAL_OVERLAP}
          onClose={() => open(null)}
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
