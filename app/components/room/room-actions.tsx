import { Lock, LockOpen, Power as PowerIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { useChosenKey, useShortcut } from '#app/components/ui/shortcuts.ts';
import { mayUse } from '#app/domain/rooms/authority.ts';
import type { Room } from '#app/domain/rooms/state.ts';
import type { Act } from './acts.ts';
import { Calm, CalmState } from './calm.tsx';
import { usePower, useRoom, useRoomScreen } from './room-context.ts';
import { SectionHeading } from './section-heading.tsx';

/** The room's own switches: lock, calm, end. */
export function RoomActions() {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const room = useRoom();
  const power = usePower();
  if (!room || !mayUse(power, 'lock_room')) return null;
  const end: Act = { name: 'end_room' };
  return (
    <section aria-labelledby="room-heading" className="grid gap-2">
      <SectionHeading id="room-heading">{t('words:room')}</SectionHeading>
      <LockButton room={room} />
      {room.calm ? <CalmState room={room} /> : <Calm />}
      {mayUse(power, 'end_room') ? (
        <Button
          block
          variant="danger"
          icon={<PowerIcon aria-hidden size={16} />}
          isPending={acting.isPending(end)}
          onPress={() => acting.begin(end)}
        >
          {t('act.end_room')}
        </Button>
      ) : null}
    </section>
  );
}

function LockButton({ room }: { room: Room }) {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const act: Act = { name: room.locked ? 'unlock_room' : 'lock_room' };
  const key = useChosenKey('l');
  useShortcut('l', t(`act.${act.name}`), () => acting.begin(act));
  return (
    <Button
      block
      icon={room.locked ? <LockOpen aria-hidden size={16} /> : <Lock aria-hidden size={16} />}
      {...(key ? { shortcut: key } : {})}
      isPending={acting.isPending(act)}
      onPress={() => acting.begin(act)}
    >
      {t(`act.${act.name}`)}
    </Button>
  );
}
