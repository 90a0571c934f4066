import { Link } from '@remix-run/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';
import { isolate } from '#app/components/ui/isolate.ts';
import { Name } from '#app/components/ui/name.tsx';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { formatList, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { LanguageName } from './room-columns.tsx';
import { AttentionMarks, OpenFor, StateMarks } from './room-marks.tsx';
import { needsAttention } from './rooms-view.ts';

const AT_ONCE = 40;

/** The list of rooms for a thumb: a card for each, whole and pressable. */
export function RoomCards({ rooms, label }: { rooms: readonly RoomRow[]; label: string }) {
  const { t } = useTranslation('rooms');
  const [most, setMost] = useState(AT_ONCE);
  return (
    <>
      <ul aria-label={label} className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
        {rooms.slice(0, most).map((room) => (
          <li key={room.id}>
            <RoomCard room={room} />
          </li>
        ))}
      </ul>
      {rooms.length > most ? (
        <div className="px-3 pb-3">
          <Button className="w-full" onPress={() => setMost(most + AT_ONCE)}>
            {t('more')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function RoomCard({ room }: { room: RoomRow }) {
  const { t } = useTranslation('rooms');
  const locale = useLocale();
  const { id, title, language, counts, watchers, status } = room;
  const n = (value: number) => formatNumber(locale, value);
  return (
    <Link
      to={`/rooms/${id}`}
      className="grid gap-1.5 rounded-lg border border-line bg-surface p-3 active:bg-raised"
    >
      <span>
        <Name lang={language} className="font-semibold text-md">
          {title}
        </Name>{' '}
        <LanguageName tag={language} />
      </span>
      {needsAttention(room) ? <AttentionMarks room={room} /> : null}
      <StateMarks room={room} />
      {status === 'live' ? (
        <span className="tabular flex flex-wrap gap-x-3 text-muted text-xs">
          <span>{t('card.present', { count: counts.present, n: n(counts.present) })}</span>
          <span>{t('card.stage', { n: n(counts.stage) })}</span>
          <span>{t('card.hands', { count: counts.hands, n: n(counts.hands) })}</span>
          <OpenFor room={room} />
        </span>
      ) : null}
      {watchers.length > 0 ? (
        <span className="text-muted text-xs">
          {t('card.watchers', { names: formatList(locale, watchers.map(isolate)) })}
        </span>
      ) : null}
    </Link>
  );
}
