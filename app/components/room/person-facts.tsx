import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Name } from '#app/components/ui/name.tsx';
import { ShieldedWords } from '#app/components/ui/shielded-words.tsx';
import { ClockTime, RelativeTime, RunningTime } from '#app/components/ui/time.tsx';
import type { Participant, PersonCard } from '#app/domain/rooms/state.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { removedBranches } from '#app/live/roster-order.ts';
import { useLive, useRoomScreen, useTopic } from './room-context.ts';

/** What is known of someone: no more than the job needs. */
export function PersonFacts({ person, card }: { person: Participant; card: PersonCard }) {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store } = useRoomScreen();
  useTopic(store, 'roster');
  const aside = useLive('aside', (now) => now.aside, null);
  const reports = aside?.reports.find(({ memberId }) => memberId === card.memberId)?.open ?? 0;
  const isOfBranch = card.branch !== null && removedBranches(store.model).has(card.branch);
  const lastAct = aside?.commands.filter(({ memberId }) => memberId === card.memberId).at(-1);
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs [&_dd]:text-end [&_dt]:text-muted">
      <Fact label={t('fact.handle')}>
        <bdi>@{card.handle}</bdi>
      </Fact>
      {person.joinedAt !== null && person.presence !== 'gone' ? (
        <Fact label={t('column.since')}>
          <RunningTime since={person.joinedAt} />
        </Fact>
      ) : null}
      <Fact label={t('fact.memberSince')}>
        <RelativeTime at={card.memberSince} />
      </Fact>
      <Fact label={t('column.inviter')}>
        {card.inviterName ? <Name>{card.inviterName}</Name> : t('fact.founder')}
      </Fact>
      <Fact label={t('column.standing')}>
        {card.priorActs === 0 ? t('fact.noActs') : t('standing.prior', { count: card.priorActs })}
      </Fact>
      {isOfBranch ? (
        <Fact label={t('fact.branch')}>
          <span className="text-warning">{t('fact.branchRemoved')}</span>
        </Fact>
      ) : null}
      {reports > 0 ? (
        <Fact label={t('fact.reports')}>
          <span className="text-danger">
            {t('fact.reportsOpen', { count: reports, n: formatNumber(locale, reports) })}
          </span>
        </Fact>
      ) : null}
      {lastAct ? (
        <Fact label={t('fact.lastAct')}>
          {t(`past.${lastAct.name}`)} · <Name>{lastAct.byName}</Name> ·{' '}
          <ClockTime at={lastAct.at} />
          <br />
          <ShieldedWords>
            <q>
              <bdi>{lastAct.reason}</bdi>
            </q>
          </ShieldedWords>
        </Fact>
      ) : null}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  );
}
