import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '#app/components/ui/avatar.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { Name } from '#app/components/ui/name.tsx';
import { personState } from './person-state.ts';
import { useCard, usePerson, useRoomScreen } from './room-context.ts';
import { StateMark } from './state-mark.tsx';

/** Someone on the stage; a press opens their panel. Draws itself anew, whatever the list does. */
export const StageCard = memo(function StageCard({ member }: { member: string }) {
  const { t } = useTranslation('room');
  const { selected, select } = useRoomScreen();
  const person = usePerson(member);
  const card = useCard(member);
  if (!person || !card) return null;
  const state = personState(person, Date.now());
  const isSelected = selected === member;
  return (
    <li data-item className="min-w-0">
      <button
        type="button"
        aria-pressed={isSelected}
        onClick={() => select(member)}
        className={classes(
          'target flex w-full items-center gap-2.5 rounded-lg border bg-surface px-2.5 py-1.5 text-start',
          state.key === 'speaking' ? 'border-ok' : 'border-line hover:border-control',
          isSelected && 'ring-focus',
        )}
      >
        <Avatar name={card.name} lang={card.locale} />
        <span className="min-w-0 grow">
          <span className="block font-semibold">
            <Name lang={card.locale} isLine>
              {card.name}
            </Name>
          </span>
          <span className="flex flex-wrap items-center gap-x-2 text-muted text-xs">
            {person.role === 'speaker' ? null : <span>{t(`words:role.${person.role}`)}</span>}
            <StateMark state={state} />
          </span>
        </span>
      </button>
    </li>
  );
});
