import type { TFunction } from 'i18next';
import {
  ClipboardList,
  DoorClosed,
  Flag,
  Leaf,
  LockKeyhole,
  TrendingDown,
  TriangleAlert,
  UserRoundX,
  Users,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { Status, type Tone } from '#app/components/ui/pill.tsx';
import { RunningTime } from '#app/components/ui/time.tsx';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { formatClock, formatNumber, formatRelative } from '#app/i18n/format.ts';
import type { Locale } from '#app/i18n/locales.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

interface Mark {
  key: string;
  tone: Tone;
  icon: ReactNode;
  text: ReactNode;
}

/** Why a room needs someone, most urgent first: each an icon and words. */
export function AttentionMarks({ room }: { room: RoomRow }) {
  const { t } = useTranslation('rooms');
  const locale = useLocale();
  const marks = attentionMarks(room, t, locale);
  if (room.status === 'ended' || marks.length === 0) return <span className="text-muted">–</span>;
  return <Marks marks={marks} />;
}

/** What is set in a room: ended, locked, calmed. */
export function StateMarks({ room }: { room: RoomRow }) {
  const { t } = useTranslation('rooms');
  const [locale, timeZone] = [useLocale(), useTimeZone()];
  const marks: Mark[] = [];
  if (room.status === 'ended') {
    marks.push({ key: 'ended', tone: 'plain', icon: icon(DoorClosed), text: t('mark.ended') });
  }
  if (room.calmUntil !== null) {
    const time = formatClock(locale, room.calmUntil, timeZone);
    marks.push({ key: 'calm', tone: 'accent', icon: icon(Leaf), text: t('mark.calm', { time }) });
  }
  if (room.locked) {
    marks.push({ key: 'lock', tone: 'accent', icon: icon(LockKeyhole), text: t('mark.locked') });
  }
  return marks.length > 0 ? <Marks marks={marks} /> : null;
}

function Marks({ marks }: { marks: readonly Mark[] }) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      {marks.map(({ key, tone, icon, text }) => (
        <Status key={key} tone={tone} icon={icon} className="whitespace-nowrap">
          {text}
        </Status>
      ))}
    </span>
  );
}

function attentionMarks(room: RoomRow, t: TFunction<'rooms'>, locale: Locale): Mark[] {
  const { reports, failedEnforcements, unattendedSince, incident, handOverDue } = room;
  const marks: Mark[] = [];
  if (reports > 0) {
    const text = t('mark.reports', { count: reports, n: formatNumber(locale, reports) });
    marks.push({ key: 'reports', tone: 'danger', icon: icon(Flag), text });
  }
  if (failedEnforcements > 0) {
    const n = formatNumber(locale, failedEnforcements);
    const text = t('mark.failed', { count: failedEnforcements, n });
    marks.push({ key: 'failed', tone: 'danger', icon: icon(TriangleAlert), text });
  }
  if (unattendedSince !== null) {
    marks.push({
      key: 'unattended',
      tone: 'warning',
      icon: icon(UserRoundX),
      text: (
        <>
          {t('mark.unattended')} <RunningTime since={unattendedSince} />
        </>
      ),
    });
  }
  if (incident !== null) {
    const isDrop = incident.kind === 'sudden_drop';
    marks.push({
      key: 'incident',
      tone: 'warning',
      icon: icon(isDrop ? TrendingDown : Users),
      text: <IncidentWords incident={incident} />,
    });
  }
  if (handOverDue) {
    const text = t('mark.handOver');
    marks.push({ key: 'hand_over', tone: 'accent', icon: icon(ClipboardList), text });
  }
  return marks;
}

function IncidentWords({ incident }: { incident: NonNullable<RoomRow['incident']> }) {
  const { t } = useTranslation('rooms');
  const locale = useLocale();
  const { kind, people, seconds, at } = incident;
  const sign = kind === 'sudden_drop' ? '−' : '+';
  // Left to right inside any sentence: a sign belongs before its number.
  const n = `\u2066${sign}${formatNumber(locale, people)}\u2069`;
  const title = formatRelative(locale, at, Date.now());
  return (
    <span title={title} suppressHydrationWarning>
      {t(`mark.${kind}`, { n, s: formatNumber(locale, seconds) })}
    </span>
  );
}

function icon(Icon: typeof Flag): ReactNode {
  return <Icon aria-hidden size={14} className="shrink-0" />;
}

/** How long a room has been open; of an ended one nothing runs. */
export function OpenFor({ room }: { room: RoomRow }) {
  if (room.status === 'ended') return <span className="text-muted">–</span>;
  return <RunningTime since={room.openedAt} />;
}
