import { Link } from '@remix-run/react';
import type { TFunction } from 'i18next';
import type { Column } from '#app/components/ui/data-table/columns.ts';
import { isolate } from '#app/components/ui/isolate.ts';
import { Name } from '#app/components/ui/name.tsx';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { formatList, formatNumber } from '#app/i18n/format.ts';
import { LOCALE_NAMES, type Locale, matchLocale } from '#app/i18n/locales.ts';
import { AttentionMarks, OpenFor, StateMarks } from './room-marks.tsx';
import type { SortKey } from './rooms-view.ts';

type RoomColumn = Column<RoomRow> & { id: SortKey | 'state' };

/** The columns of the list of rooms. The rows come in order already. */
export function roomColumns(t: TFunction<'rooms'>, locale: Locale): RoomColumn[] {
  // Only says that a column can be ordered by.
  const sortBy = ({ id }: RoomRow) => id;
  const number = (id: 'present' | 'stage' | 'hands'): RoomColumn => ({
    id,
    header: t(`column.${id}`),
    cell: ({ counts, status }) => (status === 'live' ? formatNumber(locale, counts[id]) : '–'),
    sortBy,
    largestFirst: true,
    width: 'minmax(4.25rem,0.5fr)',
    align: 'end',
  });
  return [
    {
      id: 'title',
      header: t('words:room'),
      cell: (room) => <RoomTitle room={room} />,
      sortBy,
      width: 'minmax(11rem,2fr)',
      isFixed: true,
      onPhone: true,
    },
    {
      id: 'urgency',
      header: t('column.urgency'),
      cell: (room) => (
        <span className="block whitespace-normal">
          <AttentionMarks room={room} />
        </span>
      ),
      sortBy,
      largestFirst: true,
      width: 'minmax(13rem,2.4fr)',
      isFixed: true,
    },
    number('present'),
    number('stage'),
    number('hands'),
    {
      id: 'open',
      header: t('column.open'),
      cell: (room) => <OpenFor room={room} />,
      sortBy,
      largestFirst: true,
      width: 'minmax(5.5rem,0.6fr)',
      align: 'end',
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: (room) => (
        <span className="block whitespace-normal">
          <StateMarks room={room} />
        </span>
      ),
      width: 'minmax(8rem,0.9fr)',
    },
    {
      id: 'watchers',
      header: t('column.watchers'),
      cell: ({ watchers }) => <Watchers names={watchers} locale={locale} />,
      sortBy,
      width: 'minmax(7rem,1.2fr)',
    },
  ];
}

/** A room's title, in the face of its language; a link for those who want it in a new tab. */
function RoomTitle({ room }: { room: RoomRow }) {
  const { id, title, language } = room;
  return (
    <>
      <Link
        to={`/rooms/${id}`}
        prefetch="intent"
        tabIndex={-1}
        className="block font-semibold hover:underline"
      >
        <Name lang={language} isLine>
          {title}
        </Name>
      </Link>
      <LanguageName tag={language} />
    </>
  );
}

/** The language spoken in a room, in its own words where the console knows it. */
export function LanguageName({ tag }: { tag: string }) {
  const known = matchLocale(tag);
  return (
    <bdi lang={tag} className="text-muted text-xs">
      {known ? LOCALE_NAMES[known] : tag}
    </bdi>
  );
}

function Watchers({ names, locale }: { names: readonly string[]; locale: Locale }) {
  if (names.length === 0) return <span className="text-muted">–</span>;
  const all = formatList(locale, names.map(isolate));
  return <span title={all}>{all}</span>;
}
