import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { Name } from '#app/components/ui/name.tsx';
import { TextArea } from '#app/components/ui/text-area.tsx';
import { ClockTime } from '#app/components/ui/time.tsx';
import { mayUse } from '#app/domain/rooms/authority.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { HandOverView } from '#app/domain/rooms/snapshot.ts';
import type { Act } from './acts.ts';
import { useLive, usePower, useRoomScreen } from './room-context.ts';
import { SectionHeading } from './section-heading.tsx';

const LONGEST_NOTE = 2_000;

/** Notes for the next shift, acknowledged by name. */
export function HandOver() {
  const { t } = useTranslation('room');
  const power = usePower();
  const notes = useLive('aside', ({ aside }) => aside?.handOvers, undefined) ?? [];
  const isAllowed = mayUse(power, 'hand_over');
  if (!isAllowed && notes.length === 0) return null;
  return (
    <section aria-labelledby="hand-over-heading" className="grid gap-2">
      <SectionHeading id="hand-over-heading" count={notes.length}>
        {t('handOver.title')}
      </SectionHeading>
      {notes.map((note) => (
        <Note key={note.id} note={note} canAcknowledge={isAllowed} />
      ))}
      {isAllowed ? <NewNote /> : null}
    </section>
  );
}

function Note({ note, canAcknowledge }: { note: HandOverView; canAcknowledge: boolean }) {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const act: Act = { name: 'acknowledge_hand_over', handOver: note.id };
  return (
    <article className="grid gap-2 rounded-lg border border-line p-3">
      <p className="text-muted text-xs">
        <Name>{note.byName}</Name> · <ClockTime at={note.at} />
      </p>
      <p dir="auto" className="whitespace-pre-wrap">
        {note.note}
      </p>
      {note.acknowledgedBy !== null ? (
        <p className="text-ok text-xs">
          {t('handOver.taken')} <Name>{note.acknowledgedBy}</Name>
          {note.acknowledgedAt === null ? null : (
            <>
              {' · '}
              <ClockTime at={note.acknowledgedAt} />
            </>
          )}
        </p>
      ) : canAcknowledge ? (
        <Button isPending={acting.isPending(act)} onPress={() => acting.begin(act)}>
          {t('act.acknowledge_hand_over')}
        </Button>
      ) : null}
    </article>
  );
}

function NewNote() {
  const { t } = useTranslation('room');
  const { acting } = useRoomScreen();
  const [note, setNote] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const act: Act = { name: 'hand_over', note: note.trim() };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!act.note) return;
    const refused = await acting.perform(act, { reason: t('usual.hand_over') });
    setRefusal(refused);
    if (refused === null) setNote('');
  };
  return (
    <form onSubmit={submit} className="grid gap-2">
      <TextArea
        label={t('handOver.note')}
        value={note}
        maxLength={LONGEST_NOTE}
        error={refusal ? t(`reasons:${refusal}`) : null}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button type="submit" isPending={acting.isPending(act)} isDisabled={!act.note}>
        {t('act.hand_over')}
      </Button>
    </form>
  );
}
