import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { Name } from '#app/components/ui/name.tsx';
import { useNow } from '#app/components/ui/now.tsx';
import { RunningTime } from '#app/components/ui/time.tsx';
import type { PersonCard } from '#app/domain/rooms/state.ts';
import { isNewAccount } from '#app/live/roster-order.ts';
import { personState } from './person-state.ts';
import { usePerson } from './room-context.ts';
import { StateMark } from './state-mark.tsx';

/** The roster's columns. Rows are cards; what lives is read by each cell for itself. */
export function rosterColumns(t: TFunction<'room'>): Column<PersonCard>[] {
  // The rows come in order already; this only says that a column can be ordered by.
  const sortBy = ({ ord }: PersonCard) => ord;
  return [
    {
      id: 'name',
      header: t('column.name'),
      cell: ({ name, handle, locale }) => (
        // Each is cut off at its own end; the handle takes what the name leaves.
        <span className="flex items-baseline gap-1">
          <Name lang={locale} className="max-w-full shrink-0 font-medium" isLine>
            {name}
          </Name>
          <Name className="min-w-0 text-muted text-xs" isLine>{`@${handle}`}</Name>
        </span>
      ),
      sortBy,
      width: 'minmax(7rem,2fr)',
      isFixed: true,
      onPhone: true,
    },
    {
      id: 'role',
      header: t('words:role'),
      cell: ({ memberId }) => <RoleCell member={memberId} />,
      sortBy,
      width: 'minmax(6rem,0.8fr)',
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: ({ memberId }) => <StateCell member={memberId} />,
      width: 'minmax(9.5rem,1.2fr)',
      onPhone: true,
    },
    {
      id: 'since',
      header: t('column.since'),
      cell: ({ memberId }) => <SinceCell member={memberId} />,
      sortBy,
      largestFirst: true,
      width: 'minmax(5.5rem,0.7fr)',
      align: 'end',
    },
    {
      id: 'inviter',
      header: t('column.inviter'),
      cell: ({ inviterName }) => (inviterName ? <Name isLine>{inviterName}</Name> : '–'),
      sortBy,
      width: 'minmax(6rem,1fr)',
    },
    {
      id: 'standing',
      header: t('column.standing'),
      cell: (card) => <Standing card={card} />,
      sortBy,
      largestFirst: true,
      width: 'minmax(7rem,1fr)',
    },
  ];
}

function RoleCell({ member }: { member: string }) {
  const { t } = useTranslation('words');
  const role = usePerson(member)?.role;
  return role ? t(`role.${role}`) : null;
}

function StateCell({ member }: { member: string }) {
  const person = usePerson(member);
  if (!person) return null;
  return (
    <span className="flex items-center">
      <StateMark state={personState(person, Date.now())} />
    </span>
  );
}

function SinceCell({ member }: { member: string }) {
  const since = usePerson(member)?.joinedAt;
  return since ? <RunningTime since={since} /> : null;
}

/** What speaks for a second look: a new account, earlier acts. */
export function Standing({ card }: { card: PersonCard }) {
  const { t } = useTranslation('room');
  const isNew = isNewAccount(card, useNow());
  if (!isNew && card.priorActs === 0) return '–';
  return (
    <span className="flex gap-2">
      {isNew ? <span className="text-warning">{t('standing.new')}</span> : null}
      {card.priorActs > 0 ? <span>{t('standing.prior', { count: card.priorActs })}</span> : null}
    </span>
  );
}
