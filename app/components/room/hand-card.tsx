import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { isolate } from '#app/components/ui/isolate.ts';
import { Name } from '#app/components/ui/name.tsx';
import { mayUseOn } from '#app/domain/rooms/authority.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Act } from './acts.ts';
import { personState } from './person-state.ts';
import { useCard, usePerson, usePower, useRoomScreen } from './room-context.ts';
import { StateMark } from './state-mark.tsx';

/** Someone who asks to speak: their place in the queue, how long they wait, and the way up. */
export const HandCard = memo(function HandCard(props: { member: string; place: number }) {
  const { member, place } = props;
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { selected, select, acting } = useRoomScreen();
  const person = usePerson(member);
  const card = useCard(member);
  const power = usePower();
  if (!person || !card) return null;
  const letSpeak: Act = { name: 'promote', member, to: 'speaker' };
  const canAct = person.hand !== null && mayUseOn(power, letSpeak, person.role);
  return (
    <li
      data-item
      className={classes(
        'flex min-w-0 items-center gap-2 rounded-lg border border-line bg-surface ps-1.5 pe-1.5',
        selected === member && 'ring-focus',
      )}
    >
      <button
        type="button"
        aria-pressed={selected === member}
        onClick={() => select(member)}
        className="target flex min-w-0 grow items-center gap-2 py-1.5 text-start"
      >
        <span className="tabular w-5 shrink-0 text-center font-semibold text-muted">
          {formatNumber(locale, place)}
        </span>
        <span className="min-w-0">
          <span className="block font-semibold">
            <Name lang={card.locale} isLine>
              {card.name}
            </Name>
          </span>
          <StateMark state={personState(person, Date.now())} />
        </span>
      </button>
      {canAct ? (
        <Button isPending={acting.isPending(letSpeak)} onPress={() => acting.begin(letSpeak)}>
          <span className="whitespace-nowrap">{t('act.letSpeak')}</span>{' '}
          <span className="sr-only">{isolate(card.name)}</span>
        </Button>
      ) : null}
    </li>
  );
});
