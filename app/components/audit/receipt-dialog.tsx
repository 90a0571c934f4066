import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Code, Fact, Facts } from '#app/components/ui/panel.tsx';
import { Skeleton } from '#app/components/ui/states.tsx';
import type { Receipt } from '#app/domain/audit/receipt.ts';
import { formatDateTime } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { downloadText } from './download-evidence.ts';

const ASK_AGAIN_AFTER = 1_000;

/** What whoever reported may keep: with it, an event that is taken out of the log is missed. */
export function ReceiptDialog({ command, onClose }: { command: string; onClose: () => void }) {
  const { t } = useTranslation('log');
  const receipt = useReceipt(command);
  return (
    <Dialog isOpen onClose={onClose} title={t('receipt.title')}>
      <p className="text-sm">{t('receipt.help')}</p>
      {receipt === undefined ? <Skeleton className="h-40 w-full" /> : null}
      {receipt === null ? (
        <p role="alert" className="text-sm text-warning">
          {t('receipt.missing')}
        </p>
      ) : null}
      {receipt ? <Body receipt={receipt} /> : null}
    </Dialog>
  );
}

function Body({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const { event, at, leaf, leafHash, index } = receipt;
  const saveProof = async () => {
    if (index === null) return;
    const { proveEvent } = await import('#app/live/log-check/prove-event.ts');
    const proof = await proveEvent({ id: event, leaf, leafHash, index });
    if (proof.kind === 'proven') downloadText(`${event}.tlog-proof`, proof.file);
  };
  return (
    <>
      <Facts>
        <Fact name={t('event.recorded')}>{formatDateTime(locale, at, timeZone)}</Fact>
        <Fact name={t('event.id')}>
          <Code>{event}</Code>
        </Fact>
        <Fact name={t('proof.leafHash')}>
          <Code>{leafHash}</Code>
        </Fact>
      </Facts>
      <footer className="flex flex-wrap items-center justify-end gap-2">
        {index === null ? (
          <p aria-live="polite" className="grow text-muted text-xs">
            {t('receipt.waiting')}
          </p>
        ) : (
          <Button onPress={() => void saveProof()}>{t('receipt.proof')}</Button>
        )}
        <Button
          variant="primary"
          icon={<Download aria-hidden size={16} />}
          onPress={() =>
            downloadText(`rostrum-receipt-${event}.json`, textOf(receipt), 'application/json')
          }
        >
          {t('receipt.download')}
        </Button>
      </footer>
    </>
  );
}

function textOf({ event, action, at, leaf, leafHash }: Receipt): string {
  const log = new URL('/log', location.href).href;
  const receipt = { format: 'rostrum/receipt/v1', log, event, action, at, leaf, leafHash };
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

/** Asks until the event is in the log. @returns undefined before the first answer, null for none */
function useReceipt(command: string): Receipt | null | undefined {
  const [receipt, setReceipt] = useState<Receipt | null>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isOpen = true;
    async function ask() {
      const found = await fetchReceipt(command);
      if (!isOpen) return;
      setReceipt((before) => found ?? before ?? null);
      if (found?.index === null) timer = setTimeout(ask, ASK_AGAIN_AFTER);
    }
    void ask();
    return () => {
      isOpen = false;
      clearTimeout(timer);
    };
  }, [command]);
  return receipt;
}

async function fetchReceipt(command: string): Promise<Receipt | null> {
  try {
    const response = await fetch(`/log/receipt?${new URLSearchParams({ command })}`);
    return response.ok ? ((await response.json()) as Receipt) : null;
  } catch {
    return null;
  }
}
