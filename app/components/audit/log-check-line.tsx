import { CircleHelp, ShieldAlert, ShieldCheck } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { useNow } from '#app/components/ui/now.tsx';
import { Status } from '#app/components/ui/pill.tsx';
import { Spinner } from '#app/components/ui/spinner.tsx';
import { formatNumber, formatRelative } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { CheckResult } from '#app/live/log-check/check-log.ts';
import { isHeldBack } from '#app/live/log-check/held-back.ts';
import { checkLogNow } from '#app/live/log-check/log-check.ts';
import { downloadEvidence } from './download-evidence.ts';
import { useLogCheck } from './use-log-check.ts';

const JUST_NOW = 60_000;

/**
 * What this browser found out about the log by itself, each time the log is looked at.
 * @param shown when the newest event on the page was recorded
 */
export function LogCheckLine({ shown }: { shown: string | undefined }) {
  const { t } = useTranslation('log');
  const { evidence, result } = useLogCheck();
  useEffect(() => void checkLogNow(), []);
  const isBehind =
    result?.kind === 'sound' && shown !== undefined && isHeldBack(shown, result.at, result.newest);
  return (
    <>
      <Found />
      {isBehind ? (
        <span role="alert">
          <Status tone="warning" icon={<ShieldAlert aria-hidden size={16} className="shrink-0" />}>
            {t('check.heldBack')}
          </Status>
        </span>
      ) : null}
      {evidence.length > 0 ? (
        <Button
          variant="ghost"
          className="text-xs"
          onPress={() => downloadEvidence('evidence', evidence)}
        >
          {t('check.evidence')}
        </Button>
      ) : null}
    </>
  );
}

function Found() {
  const { t } = useTranslation('log');
  const { result, isChecking, alarm } = useLogCheck();
  if (alarm !== null) {
    return (
      <Status tone="danger" icon={<ShieldAlert aria-hidden size={16} className="shrink-0" />}>
        {t('check.alarm')}
      </Status>
    );
  }
  if (result === null || (isChecking && result.kind !== 'sound')) {
    return (
      <>
        <Status icon={isChecking ? <Spinner /> : <CircleHelp aria-hidden size={16} />}>
          {t('check.running')}
        </Status>
        <noscript className="text-muted text-xs">{t('check.noScript')}</noscript>
      </>
    );
  }
  if (result.kind === 'sound') return <Sound result={result} />;
  return (
    <>
      <Status
        tone={result.kind === 'empty' ? 'plain' : 'warning'}
        icon={<CircleHelp aria-hidden size={16} className="shrink-0" />}
      >
        {result.kind === 'empty' ? t('check.empty') : t('check.unanswered')}
      </Status>
      <Again />
    </>
  );
}

function Sound({ result }: { result: Extract<CheckResult, { kind: 'sound' }> }) {
  const { t } = useTranslation('log');
  const locale = useLocale();
  const now = useNow();
  const { size, at, since, signatureChecked } = result;
  const isFresh = now - Date.parse(at) < JUST_NOW;
  const when = (time: string) => formatRelative(locale, time, now);
  return (
    <>
      <Status
        tone={signatureChecked ? 'ok' : 'warning'}
        icon={<ShieldCheck aria-hidden size={16} className="shrink-0" />}
      >
        <Parts>
          {t('check.size', { count: size, n: formatNumber(locale, size) })}
          {isFresh ? t('check.now') : t('check.at', { ago: when(at) })}
          {since === null ? t('check.first') : t('check.since', { when: when(since.at) })}
          {signatureChecked ? null : t('check.noSignature')}
        </Parts>
      </Status>
      {isFresh ? null : <Again />}
    </>
  );
}

/** Facts in a row, each of which may break on its own. */
function Parts({ children }: { children: ReactNode[] }) {
  const shown = children.filter((child) => child !== null);
  return shown.map((child, at) => (
    <span key={String(child)}>
      {at > 0 ? ' · ' : ''}
      {child}
    </span>
  ));
}

function Again() {
  const { t } = useTranslation('log');
  return (
    <Button variant="ghost" className="text-xs" onPress={() => void checkLogNow()}>
      {t('check.again')}
    </Button>
  );
}
