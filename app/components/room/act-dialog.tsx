import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '#app/components/ui/confirm-dialog.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Select } from '#app/components/ui/select.tsx';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import { type Act, type ActKey, actKey, PRESETS } from './acts.ts';
import { ClauseChoice } from './clause-choice.tsx';
import { type ReportDetails, ReportFields, spanOf } from './report-fields.tsx';
import { useRoom, useRoomScreen } from './room-context.ts';
import type { Question } from './use-acting.ts';

const REMOVALS = [10, 60, 1_440] as const;
/** Acts of these dialogs that rest on a clause of the policy, where there is one. */
const SILENCING: ReadonlySet<Act['name']> = new Set<Act['name']>(['mute', 'remove', 'demote']);

/** Asks once before an act that deserves it: what happens, until when, why, under which policy. */
export function ActDialog({ question }: { question: Question }) {
  const { act } = question;
  const { t } = useTranslation('room');
  const { store, acting } = useRoomScreen();
  const openedAt = useRoom()?.openedAt ?? Date.now();
  const [policy, setPolicy] = useState('');
  const [minutes, setMinutes] = useState('');
  const [report, setReport] = useState<ReportDetails>({ category: 'harassment', minutes: 5 });
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isPending, setPending] = useState(false);

  const key = actKey(act);
  const card = 'member' in act ? store.model.cards.get(act.member) : undefined;
  const name = isolate(card?.name ?? '');
  // Only the mildest act begins with a reason: nobody is removed for one that nobody chose.
  const presets = presetsOf(key, t);
  const full = (reason: string): Act => {
    if (act.name === 'remove' && minutes) return { ...act, minutes: Number(minutes) };
    if (act.name !== 'report') return act;
    const span = spanOf(report.minutes, openedAt, Date.now());
    return { ...act, category: report.category, text: reason, ...span };
  };
  const confirm = async (reason: string) => {
    setPending(true);
    setRefusal(await acting.confirm(full(reason), { reason, ...(policy ? { policy } : {}) }));
    setPending(false);
  };
  const consequence = act.name === 'remove' && minutes ? 'remove_minutes' : key;
  return (
    <ConfirmDialog
      isOpen
      onClose={acting.cancel}
      title={t(`ask.${key}`, { name })}
      consequence={t(`effect.${consequence}`, { name, time: minutes && t(`remove.for${minutes}`) })}
      confirmLabel={t(`act.${key}`)}
      {...(act.name === 'promote' || act.name === 'report' ? { variant: 'primary' as const } : {})}
      suggestions={presets}
      {...(key === 'mute' && presets[0] ? { initialReason: presets[0] } : {})}
      isPending={isPending}
      error={refusal ? t(`reasons:${refusal}`) : null}
      onConfirm={(reason) => void confirm(reason)}
    >
      {act.name === 'remove' ? (
        <Select
          label={t('remove.until')}
          value={minutes}
          onChange={setMinutes}
          choices={[
            { value: '', label: t('remove.roomEnd') },
            ...REMOVALS.map((value) => ({ value: `${value}`, label: t(`remove.for${value}`) })),
          ]}
        />
      ) : null}
      {act.name === 'report' ? <ReportFields value={report} onChange={setReport} /> : null}
      {SILENCING.has(act.name) ? (
        <ClauseChoice value={policy} onChange={setPolicy} isGone={refusal === 'unknown_clause'} />
      ) : null}
    </ConfirmDialog>
  );
}

function presetsOf(key: ActKey, t: (key: string) => string): string[] {
  return Array.from({ length: PRESETS[key] ?? 0 }, (_, index) => t(`preset.${key}.${index + 1}`));
}
