import { ChevronDown, Waves } from 'lucide-react';
import { Suspense, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { HoldButton } from '#app/components/ui/hold-button.tsx';
import { loadLater } from '#app/components/ui/load-later.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { NumberField } from '#app/components/ui/number-field.tsx';
import { useShortcut } from '#app/components/ui/shortcuts.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { Room } from '#app/domain/rooms/state.ts';
import { formatClock } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Act } from './acts.ts';
import { useRoomScreen } from './room-context.ts';

const ClauseChoice = loadLater(async () => (await import('./clause-choice.tsx')).ClauseChoice);

/** The emergency pause: one held press. How long, and on which clause, can be said before. */
export function Calm() {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const [minutes, setMinutes] = useState(10);
  const [isChoosing, setChoosing] = useState(false);
  const [policy, setPolicy] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const choiceId = useId();
  const place = useRef<HTMLDivElement>(null);
  useShortcut('c', t('act.calm_room'), () => place.current?.querySelector('button')?.focus());
  const calm = async () => {
    const act: Act = { name: 'calm_room', minutes };
    if (policy === '') return acting.begin(act);
    setRefusal(await acting.perform(act, { reason: t('usual.calm_room'), policy }));
  };
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
      <Button
        variant="ghost"
        icon={<ChevronDown aria-hidden size={16} className={isChoosing ? 'rotate-180' : ''} />}
        aria-expanded={isChoosing}
        aria-controls={choiceId}
        className="justify-self-start"
        onPress={() => setChoosing(!isChoosing)}
      >
        {t('policy.choose')}
      </Button>
      <div id={choiceId} hidden={!isChoosing}>
        {isChoosing ? (
          <Suspense fallback={null}>
            <ClauseChoice
              value={policy}
              onChange={setPolicy}
              isGone={refusal === 'unknown_clause'}
              whenNone={<p className="text-muted text-xs">{t('policy.unpublished')}</p>}
            />
          </Suspense>
        ) : null}
      </div>
      {refusal ? (
        <p role="alert" className="text-danger text-sm">
          {t(`reasons:${refusal}`)}
        </p>
      ) : null}
      <div ref={place}>
        <HoldButton icon={<Waves aria-hidden size={16} />} onConfirm={() => void calm()}>
          {t('act.calm_room')}
        </HoldButton>
      </div>
    </div>
  );
}

/** Until when it is calm, and the way back before that. */
export function CalmState({ room }: { room: Room }) {
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
