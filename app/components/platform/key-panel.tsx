import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { HoldButton } from '#app/components/ui/hold-button.tsx';
import { useNow } from '#app/components/ui/now.tsx';
import { Fact, Facts } from '#app/components/ui/panel.tsx';
import { Refusal } from '#app/components/ui/refusal.tsx';
import { RelativeTime } from '#app/components/ui/time.tsx';
import { useKeepUnfinished } from '#app/components/ui/unfinished.ts';
import type { KeyRow } from '#app/domain/platform/view.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { isActive, KeyStateCell, ScopesCell, UsedCell } from './key-columns.tsx';
import { type AskedOverlap, OverlapForm, RENEWING } from './overlap-form.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { useAct } from './use-act.ts';

interface KeyPanelProps {
  row: KeyRow;
  usualCalls: number;
  /** Hours the key goes on beside its successor, to begin with. */
  overlap: number;
  onClose: () => void;
}

/** One key: its facts, its successor, its end. */
export function KeyPanel({ row, usualCalls, overlap, onClose }: KeyPanelProps) {
  const { t } = useTranslation('platform');
  const [locale, now] = [useLocale(), useNow()];
  const { act, answer, isPending } = useAct();
  const keepUnfinished = useKeepUnfinished();
  const [hours, setHours] = useState(overlap);
  if (answer?.ok && answer.secret) {
    return <SecretDialog secret={answer.secret} help={t('secret.once')} onClose={onClose} />;
  }
  const isOn = isActive(row, now);
  return (
    <Dialog isOpen onClose={onClose} title={row.name}>
      <Facts>
        <Fact name={t('key.id')}>
          <code dir="ltr" className="text-xs">
            rsk_{row.id}
          </code>
        </Fact>
        <Fact name={t('column.state')}>
          <KeyStateCell row={row} />
        </Fact>
        <Fact name={t('column.scopes')}>
          <ScopesCell row={row} />
        </Fact>
        <Fact name={t('key.calls')}>
          {formatNumber(locale, row.callsPerMinute ?? usualCalls, 0)}
        </Fact>
        <Fact name={t('column.used')}>
          <UsedCell row={row} />
        </Fact>
        <Fact name={t('column.made')}>
          <RelativeTime at={row.createdAt} />
        </Fact>
      </Facts>
      {isOn && row.replacedBy === null ? (
        <OverlapForm
          help={t('key.rotateHelp')}
          label={t('key.rotate')}
          isPending={isPending}
          hours={hours}
          onChange={setHours}
          onSubmit={() => void act({ rotateKey: { key: row.id, overlapHours: hours } })}
        />
      ) : null}
      {isOn ? (
        <section className="flex flex-wrap items-center justify-between gap-3 border-line border-t pt-4">
          <p className="min-w-0 flex-1 basis-48 text-sm">{t('key.revokeHelp')}</p>
          <HoldButton
            isDisabled={isPending}
            onConfirm={() => void act({ revokeKey: { key: row.id } })}
          >
            {t('key.revoke')}
          </HoldButton>
        </section>
      ) : null}
      <Refusal
        of="platform"
        answer={answer}
        onProve={() => keepUnfinished(RENEWING, { id: row.id, hours } satisfies AskedOverlap)}
      />
    </Dialog>
  );
}
