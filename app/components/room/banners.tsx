import { CircleOff, ShieldAlert, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { classes } from '#app/components/ui/classes.ts';
import { Name } from '#app/components/ui/name.tsx';
import { RunningTime } from '#app/components/ui/time.tsx';
import { mayUseOn } from '#app/domain/rooms/authority.ts';
import type { Act } from './acts.ts';
import { useCard, useLive, usePower, useRoom, useRoomScreen, useTopic } from './room-context.ts';
import { successors } from './successors.ts';

/** What must not be overlooked, across the top: no one moderates, the screen is stale, it is over. */
export function Banners() {
  const { t } = useTranslation('room');
  const room = useRoom();
  const state = useLive('connection', ({ connection }) => connection.state, 'connecting');
  const isOff = state === 'stale' || state === 'reconnecting';
  return (
    <>
      {isOff ? (
        <Banner tone="warning" icon={<WifiOff aria-hidden size={18} />}>
          {t('banner.stale')}
        </Banner>
      ) : null}
      {room?.status === 'ended' ? (
        <Banner tone="plain" icon={<CircleOff aria-hidden size={18} />}>
          {t('banner.ended')}
        </Banner>
      ) : null}
      {room?.status === 'live' && room.unattendedSince !== null ? (
        <Unattended since={room.unattendedSince} />
      ) : null}
    </>
  );
}

function Unattended({ since }: { since: number }) {
  const { t } = useTranslation('room');
  const { store } = useRoomScreen();
  useTopic(store, 'stage');
  const power = usePower();
  const makes = { name: 'promote', to: 'moderator' } as const;
  const canOffer = mayUseOn(power, makes, 'speaker');
  return (
    <Banner tone="danger" icon={<ShieldAlert aria-hidden size={18} />}>
      <span>
        {t('banner.unattended')} <RunningTime since={since} />
      </span>
      {canOffer ? (
        <span className="flex flex-wrap items-center gap-2">
          {successors(store.model).map((member) => (
            <Successor key={member} member={member} />
          ))}
        </span>
      ) : null}
    </Banner>
  );
}

function Successor({ member }: { member: string }) {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const card = useCard(member);
  if (!card) return null;
  const act: Act = { name: 'promote', member, to: 'moderator' };
  return (
    <Button isPending={acting.isPending(act)} onPress={() => acting.begin(act)}>
      {t('act.promote_moderator')}: <Name lang={card.locale}>{card.name}</Name>
    </Button>
  );
}

const LOOK = {
  plain: 'border-line bg-raised',
  warning: 'border-warning/50 bg-warning-soft text-warning',
  danger: 'border-danger/50 bg-danger-soft text-danger',
} as const;

function Banner(props: { tone: keyof typeof LOOK; icon: ReactNode; children: ReactNode }) {
  return (
    <div
      className={classes(
        'flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border px-3 py-2',
        LOOK[props.tone],
      )}
    >
      {props.icon}
      {props.children}
    </div>
  );
}
