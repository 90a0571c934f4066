import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { useChosenKey, useShortcut } from '#app/components/ui/shortcuts.ts';
import type { Participant } from '#app/domain/rooms/state.ts';
import { type ActKey, actKey } from './acts.ts';
import { type Offer, offeredActs } from './offered-acts.ts';
import { usePower, useRoomScreen } from './room-context.ts';

/** What this viewer may do to this person now; each with its key, and "applying" while on its way. */
export function PersonActions({ person }: { person: Participant }) {
  const { t } = useTranslation('room');
  const { head } = useRoomScreen();
  const offers = offeredActs(person, usePower(), head.you, Date.now());
  if (offers.length === 0) {
    return (
      <p className="text-muted">
        {t(person.memberId === head.you ? 'person.yourself' : 'person.noActs')}
      </p>
    );
  }
  return (
    <div className="grid grid-cols-2 gap-2">
      {offers.map((offer) => (
        <ActButton key={actKey(offer.act)} offer={offer} isWide={isWide(offer)} />
      ))}
    </div>
  );
}

const WIDE: ReadonlySet<string> = new Set<ActKey>([
  'mute',
  'allow_to_speak',
  'remove',
  'readmit',
  'report',
  'promote_speaker',
]);

function isWide({ act }: Offer): boolean {
  return WIDE.has(actKey(act));
}

function ActButton({ offer, isWide }: { offer: Offer; isWide: boolean }) {
  const { act, shortcut = null, variant } = offer;
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  // What holds until something else happens says so on its button.
  const lasting = act.name === 'mute' || act.name === 'remove';
  const label = t(`${lasting ? 'offer' : 'act'}.${actKey(act)}`);
  const key = useChosenKey(shortcut ?? '');
  useShortcut(shortcut, label, () => acting.begin(act));
  return (
    <Button
      block
      variant={variant}
      {...(shortcut && key ? { shortcut: key } : {})}
      {...(isWide ? { className: 'col-span-2' } : {})}
      isPending={acting.isPending(act)}
      onPress={() => acting.begin(act)}
    >
      {label}
    </Button>
  );
}
