import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '#app/components/ui/avatar.tsx';
import { IconButton } from '#app/components/ui/icon-button.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { PersonActions } from './person-actions.tsx';
import { PersonFacts } from './person-facts.tsx';
import { personState } from './person-state.ts';
import { useCard, usePerson, useRoomScreen } from './room-context.ts';
import { StateMark } from './state-mark.tsx';

const IS_SHEET = '(width < 64rem)';

/** One person: who they are, how they stand, what can be done. A sheet at the thumb on a phone. */
export function PersonPanel({ member }: { member: string }) {
  const { t } = useTranslation('room');
  const { select } = useRoomScreen();
  const person = usePerson(member);
  const card = useCard(member);
  const cameFrom = useRef<Element | null>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    cameFrom.current = document.activeElement;
    // As a sheet it covers where the keyboard was; beside the list, the list keeps it.
    if (matchMedia(IS_SHEET).matches) panel.current?.focus({ preventScroll: true });
  }, []);
  if (!person || !card) return null;
  const close = () => {
    select(null);
    if (cameFrom.current instanceof HTMLElement) cameFrom.current.focus();
  };
  return (
    <section
      ref={panel}
      tabIndex={-1}
      aria-labelledby="person-heading"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
      className={
        'grid content-start gap-3 border-line bg-surface p-4 outline-none max-lg:max-h-[70dvh] ' +
        'max-lg:overflow-auto max-lg:rounded-t-xl max-lg:border-t max-lg:shadow-over lg:border-b'
      }
    >
      <header className="flex items-center gap-2.5">
        <Avatar name={card.name} lang={card.locale} />
        <div className="min-w-0 grow">
          <h2 id="person-heading" className="font-semibold text-md">
            <Name lang={card.locale} isLine>
              {card.name}
            </Name>
          </h2>
          <p className="flex flex-wrap gap-x-2 text-muted text-xs">
            <span>{t(`words:role.${person.role}`)}</span>
            <span aria-live="polite">
              <StateMark state={personState(person, Date.now())} />
            </span>
          </p>
        </div>
        <IconButton label={t('person.close')} icon={<X size={18} />} onPress={close} />
      </header>
      <PersonActions person={person} />
      <PersonFacts person={person} card={card} />
    </section>
  );
}
