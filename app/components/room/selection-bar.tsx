import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { ConfirmDialog } from '#app/components/ui/confirm-dialog.tsx';
import { IconButton } from '#app/components/ui/icon-button.tsx';
import { notifyFailure } from '#app/components/ui/notices.ts';
import { mayUseOn } from '#app/domain/rooms/authority.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Act } from './acts.ts';
import { usePower, useRoomScreen } from './room-context.ts';

type OnMany = 'mute' | 'remove';

/** How many are selected, and what can be done to all of them: one command each, one reason. */
export function SelectionBar(props: { marked: ReadonlySet<string>; onClear: () => void }) {
  const { marked, onClear } = props;
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store, acting } = useRoomScreen();
  const power = usePower();
  const [asked, setAsked] = useState<OnMany | null>(null);
  const [isPending, setPending] = useState(false);
  const n = formatNumber(locale, marked.size);

  const targets = (name: OnMany): Act[] =>
    [...marked].flatMap((member) => {
      const role = store.model.people.get(member)?.role;
      return role && mayUseOn(power, { name }, role) ? [{ name, member }] : [];
    });
  const confirm = async (name: OnMany, reason: string) => {
    setPending(true);
    let refusal: Refusal | null = null;
    for (const act of targets(name)) {
      refusal = await acting.perform(act, { reason });
      if (refusal === 'rate_limited' || refusal === 'stale' || refusal === 'unavailable') break;
    }
    setPending(false);
    setAsked(null);
    if (refusal) notifyFailure(t(`reasons:${refusal}`));
    else onClear();
  };
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-t bg-raised px-2 py-1">
      <span className="tabular font-semibold">
        {t('selection.count', { count: marked.size, n })}
      </span>
      <IconButton label={t('selection.clear')} icon={<X size={16} />} onPress={onClear} />
      <span className="grow" />
      <Button onPress={() => setAsked('mute')}>{t('act.mute')}</Button>
      <Button variant="danger" onPress={() => setAsked('remove')}>
        {t('act.remove')}
      </Button>
      {asked ? (
        <ConfirmDialog
          isOpen
          onClose={() => setAsked(null)}
          title={t(`selection.${asked}`, { count: marked.size, n })}
          consequence={t(`selection.${asked}Help`, {
            n: formatNumber(locale, targets(asked).length),
            total: n,
          })}
          confirmLabel={t(`act.${asked}`)}
          isPending={isPending}
          onConfirm={(reason) => void confirm(asked, reason)}
        />
      ) : null}
    </div>
  );
}
