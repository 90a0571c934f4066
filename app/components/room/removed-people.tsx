import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Name } from '#app/components/ui/name.tsx';
import { useNow, useTimeZone } from '#app/components/ui/now.tsx';
import { ShieldedWords } from '#app/components/ui/shielded-words.tsx';
import { mayUseOn, rankOf } from '#app/domain/rooms/authority.ts';
import type { RemovalView } from '#app/domain/rooms/snapshot.ts';
import { formatClock } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Act } from './acts.ts';
import { useCard, useLive, usePerson, usePower, useRoomScreen } from './room-context.ts';
import { SectionHeading } from './section-heading.tsx';

/** Who is removed, by whom, why and until when; each can be let back in. */
export function RemovedPeople() {
  const { t } = useTranslation('room');
  const now = useNow();
  const all = useLive('aside', ({ aside }) => aside?.removals, undefined) ?? [];
  const removals = all.filter(({ until }) => until === null || until > now);
  return (
    <section aria-labelledby="removed-heading" className="grid gap-2">
      <SectionHeading id="removed-heading" count={removals.length}>
        {t('removed.title')}
      </SectionHeading>
      {removals.length === 0 ? <p className="text-muted text-xs">{t('removed.none')}</p> : null}
      <ul className="grid gap-2">
        {removals.map((removal) => (
          <Removed key={removal.memberId} removal={removal} />
        ))}
      </ul>
    </section>
  );
}

function Removed({ removal }: { removal: RemovalView }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const timeZone = useTimeZone();
  const { acting } = useRoomScreen();
  const power = usePower();
  const card = useCard(removal.memberId);
  const person = usePerson(removal.memberId);
  const name = card?.name ?? removal.memberId;
  const act: Act = { name: 'readmit', member: removal.memberId };
  const rank = person?.removal?.rank ?? 0;
  const canLift = mayUseOn(power, act, person?.role ?? 'listener') && rank <= rankOf(power);
  const clock = (at: number) => formatClock(locale, at, timeZone);
  return (
    <li className="flex items-center gap-2 rounded-lg border border-line ps-3 pe-2 py-1.5">
      <div className="min-w-0 grow">
        <p className="font-semibold">
          <Name {...(card ? { lang: card.locale } : {})} isLine>
            {name}
          </Name>
        </p>
        <p className="text-muted text-xs">
          {t('removed.by', { name: isolate(removal.byName), time: clock(removal.at) })} ·{' '}
          {removal.until === null
            ? t('removed.untilEnd')
            : t('removed.until', { time: clock(removal.until) })}
        </p>
        <p className="text-xs">
          <ShieldedWords>
            <q>
              <bdi>{removal.reason}</bdi>
            </q>
          </ShieldedWords>
        </p>
      </div>
      {canLift ? (
        <Button isPending={acting.isPending(act)} onPress={() => acting.begin(act)}>
          {t('act.readmit')}
        </Button>
      ) : null}
    </li>
  );
}
