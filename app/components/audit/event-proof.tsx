import { useRevalidator } from '@remix-run/react';
import { CircleAlert, Download, Hourglass, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Code, Fact, Facts, Panel } from '#app/components/ui/panel.tsx';
import { Status } from '#app/components/ui/pill.tsx';
import type { AuditEventView } from '#app/domain/audit/view.ts';
import { formatDateTime, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { ClaimedLeaf, EventProof } from '#app/live/log-check/prove-event.ts';
import { downloadText } from './download-evidence.ts';

const LOOK_AGAIN_AFTER = 1_000;

/** Where the event is in the log, and a check of that by this browser alone. */
export function EventProofPanel({ event }: { event: AuditEventView }) {
  const { t } = useTranslation('log');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const { index, checkpoint } = event;
  const n = (value: number) => formatNumber(locale, value);
  return (
    <Panel title={t('proof.title')}>
      {index === null ? (
        <Pending />
      ) : (
        <>
          <p className="text-sm">{t('proof.place', { n: n(index + 1) })}</p>
          {checkpoint ? (
            <p className="text-muted text-xs">
              {t('proof.covered', {
                size: n(checkpoint.size),
                time: isolate(formatDateTime(locale, checkpoint.at, timeZone)),
              })}
            </p>
          ) : null}
          <Check event={event} index={index} />
        </>
      )}
      <Facts>
        <Fact name={t('proof.leafHash')}>
          <Code>{event.leafHash}</Code>
        </Fact>
        <Fact name={t('proof.leaf')}>
          <Code>{event.leaf}</Code>
        </Fact>
      </Facts>
    </Panel>
  );
}

/** Not in the log yet: looks again by itself, for as long as the page is open. */
function Pending() {
  const { t } = useTranslation('log');
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (state !== 'idle') return;
    const timer = setTimeout(revalidate, LOOK_AGAIN_AFTER);
    return () => clearTimeout(timer);
  }, [revalidate, state]);
  return (
    <div className="grid justify-items-start gap-2">
      <Status icon={<Hourglass aria-hidden size={16} className="shrink-0" />}>
        {t('proof.pending')}
      </Status>
      <Button onPress={revalidate}>{t('proof.again')}</Button>
    </div>
  );
}

function Check({ event, index }: { event: AuditEventView; index: number }) {
  const { t } = useTranslation('log');
  const [isChecking, setChecking] = useState(false);
  const [proof, setProof] = useState<EventProof | null>(null);
  const { id, leaf, leafHash } = event;
  const check = async () => {
    setChecking(true);
    const found = await proveNow({ id, leaf, leafHash, index, shown: event });
    setProof(found);
    setChecking(false);
    return found;
  };
  const file = `${id}.tlog-proof`;
  const download = async () => {
    const found = proof?.kind === 'proven' ? proof : await check();
    if (found.kind === 'proven') downloadText(file, found.file);
  };
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" isPending={isChecking} onPress={() => void check()}>
          {isChecking ? t('proof.checking') : t('proof.check')}
        </Button>
        <Button icon={<Download aria-hidden size={16} />} onPress={() => void download()}>
          {t('proof.download')}
        </Button>
      </div>
      <div aria-live="polite" className="grid gap-2">
        {proof ? <Outcome proof={proof} index={index} /> : null}
      </div>
      <p className="text-muted text-xs">{t('proof.downloadHelp', { file })}</p>
    </>
  );
}

function Outcome({ proof, index }: { proof: EventProof; index: number }) {
  const { t } = useTranslation('log');
  const locale = useLocale();
  if (proof.kind === 'unanswered') {
    return (
      <Status tone="warning" icon={<CircleAlert aria-hidden size={16} className="shrink-0" />}>
        {t('proof.unanswered')}
      </Status>
    );
  }
  if (proof.kind === 'wrong') {
    return (
      <div className="grid gap-1 rounded-lg border border-danger bg-danger-soft p-3 text-danger">
        <p className="flex items-center gap-2 font-semibold">
          <ShieldAlert aria-hidden size={18} className="shrink-0" />
          {t('proof.wrong')}
        </p>
        <p className="text-sm">{t('proof.wrongHelp')}</p>
        <Code>{proof.fault}</Code>
      </div>
    );
  }
  const n = formatNumber(locale, index + 1);
  return (
    <div className="grid gap-2 rounded-lg border border-ok/50 bg-ok-soft p-3">
      <p className="flex items-start gap-2 font-medium text-ok">
        <ShieldCheck aria-hidden size={18} className="mt-0.5 shrink-0" />
        {t('proof.proven', { n, size: formatNumber(locale, proof.size) })}
      </p>
      <p className="text-xs">
        {t('proof.means')}{' '}
        {t('proof.fields', { count: proof.fields, n: formatNumber(locale, proof.fields) })}
      </p>
      {proof.signatureChecked ? null : (
        <p className="text-warning text-xs">{t('proof.unsigned')}</p>
      )}
      <div>
        <p className="text-muted text-xs">{t('proof.root')}</p>
        <Code>{proof.root}</Code>
      </div>
    </div>
  );
}

async function proveNow(claimed: ClaimedLeaf): Promise<EventProof> {
  try {
    const { proveEvent } = await import('#app/live/log-check/prove-event.ts');
    return await proveEvent(claimed);
  } catch {
    return { kind: 'unanswered' };
  }
}
