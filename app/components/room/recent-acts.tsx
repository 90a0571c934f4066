import { Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '#app/components/ui/icon-button.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { ShieldedWords } from '#app/components/ui/shielded-words.tsx';
import { ClockTime } from '#app/components/ui/time.tsx';
import { mayUse } from '#app/domain/rooms/authority.ts';
import type { CommandView } from '#app/domain/rooms/snapshot.ts';
import { isUndoable } from './acts.ts';
import { useCard, useLive, usePower, useRoomScreen } from './room-context.ts';
import { SectionHeading } from './section-heading.tsx';

/** What moderators did here in the last half hour, newest first, each with its way back. */
export function RecentActs() {
  const { t } = useTranslation('room');
  const commands = useLive('aside', ({ aside }) => aside?.commands, undefined) ?? [];
  const newest = [...commands].sort((a, b) => b.at - a.at);
  return (
    <section aria-labelledby="acts-heading" className="grid gap-2">
      <SectionHeading id="acts-heading" count={newest.length}>
        {t('acts.title')}
      </SectionHeading>
      {newest.length === 0 ? <p className="text-muted text-xs">{t('acts.none')}</p> : null}
      <ul className="grid gap-1">
        {newest.map((command) => (
          <Command key={command.id} command={command} />
        ))}
      </ul>
    </section>
  );
}

function Command({ command }: { command: CommandView }) {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const power = usePower();
  const card = useCard(command.memberId);
  const canUndo = !command.undone && isUndoable(command.name) && mayUse(power, 'undo');
  return (
    <li className="flex items-center gap-2 border-line border-b py-1 text-xs">
      <div className="min-w-0 grow">
        <p className={command.undone ? 'line-through' : undefined}>
          <span className="font-semibold">{t(`past.${command.name}`)}</span>
          {card ? (
            <>
              {' · '}
              <Name lang={card.locale}>{card.name}</Name>
            </>
          ) : null}
        </p>
        <p className="text-muted">
          <ClockTime at={command.at} /> ·{' '}
          {command.mine ? t('acts.you') : <Name>{command.byName}</Name>} ·{' '}
          <ShieldedWords>
            <bdi>{command.reason}</bdi>
          </ShieldedWords>
          {command.undone ? ` · ${t('acts.undone')}` : null}
        </p>
      </div>
      {canUndo ? (
        <IconButton
          label={t('act.undo')}
          icon={<Undo2 size={16} className="rtl:-scale-x-100" />}
          onPress={() => acting.undo(command.id)}
        />
      ) : null}
    </li>
  );
}
