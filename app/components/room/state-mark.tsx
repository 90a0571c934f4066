import {
  CircleX,
  Ear,
  Hand,
  LoaderCircle,
  LogOut,
  Mic,
  MicOff,
  TriangleAlert,
  UserX,
  Volume2,
  WifiOff,
} from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Status } from '#app/components/ui/pill.tsx';
import { RunningTime } from '#app/components/ui/time.tsx';
import type { PersonState } from './person-state.ts';

const SIZE = { size: 14, 'aria-hidden': true } as const;
const ICON: Record<PersonState['key'], ReactNode> = {
  removed: <UserX {...SIZE} />,
  muted: <MicOff {...SIZE} />,
  muted_applying: <LoaderCircle {...SIZE} className="animate-spin" />,
  muted_failed: <TriangleAlert {...SIZE} />,
  applying: <LoaderCircle {...SIZE} className="animate-spin" />,
  failed: <CircleX {...SIZE} />,
  speaking: <Volume2 {...SIZE} />,
  dropped: <WifiOff {...SIZE} />,
  left: <LogOut {...SIZE} className="rtl:-scale-x-100" />,
  hand: <Hand {...SIZE} />,
  mic_on: <Mic {...SIZE} />,
  mic_off: <MicOff {...SIZE} />,
  listening: <Ear {...SIZE} />,
};

/** The state that matters most about someone: an icon, a word, and how long where that counts. */
export const StateMark = memo(function StateMark({ state }: { state: PersonState }) {
  const { t } = useTranslation('room');
  return (
    <Status tone={state.tone} icon={ICON[state.key]}>
      {t(`state.${state.key}`)}
      {state.since === undefined ? null : (
        <>
          {' '}
          <RunningTime since={state.since} />
        </>
      )}
    </Status>
  );
});
