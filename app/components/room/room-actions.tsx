import { Lock, LockOpen, Power as PowerIcon, Waves } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { HoldButton } from '#app/components/ui/hold-button.tsx';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { NumberField } from '#app/components/ui/number-field.tsx';
import { useChosenKey, useShortcut } from '#app/components/ui/shortcuts.ts';
import { mayUse } from '#app/domain/rooms/authority.ts';
import type { Room } from '#app/domain/rooms/state.ts';
import { formatClock } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Act } from './acts.ts';
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

function Calm() {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const [minutes, setMinutes] = useState(10);
  const place = useRef<HTMLDivElement>(null);
  useShortcut('c', t('act.calm_room'), () => place.current?.querySelector('button')?.focus());
  return (
    <div className="grid gap-2 rounded-lg border border-line p-3">
      <p className="text-muted text-xs">{t('calm.help', { count: minutes })}</p>
      <NumberField
        label={t('calm.minutes')}
        value={minutes}
        onChange={setMinutes}
        min={1}
        max={60}
      />
      <div ref={place}>
        <HoldButton
          icon={<Waves aria-hidden size={16} />}
          onConfirm={() => acting.begin({ name: 'calm_room', minutes })}
        >
          {t('act.calm_room')}
        </HoldButton>
      </div>
    </div>
  );
}

function CalmState({ room }: { room: Room }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { acting } = useRoomScreen();
  const { calm } = room;
  if (!calm) return null;
  return (
    <div className="grid gap-2 rounded-lg border border-accent/50 bg-accent-soft p-3">
      <p>{t('calm.until', { time: formatClock(locale, calm.until, timeZone) })}</p>
      <Button onPress={() => acting.undo(calm.commandId)}>{t('calm.endNow')}</Button>
    </div>
  );
}
