import { useTranslation } from 'react-i18next';
import { classes } from '#app/components/ui/classes.ts';
import { isolate } from '#app/components/ui/isolate.ts';
import { useTimeZone } from '#app/components/ui/now.tsx';
import { formatClock, formatDuration, formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import { FLOOR_SPAN } from '#app/live/floor-history.ts';
import { type FloorBar, layOutFloor, presencePath } from './floor-picture.ts';
import { FloorTable } from './floor-table.tsx';
import { useRoomScreen } from './room-context.ts';
import { useSlowNow } from './use-slow-now.ts';

const LANES = 4;
const LANE_LOOK = ['bg-accent', 'bg-ok', 'bg-warning', 'bg-muted'];
const MARKS = [25, 20, 15, 10, 5];

/** Who held the floor in the last half hour, how many were here, and where something happened. */
export function FloorTimeline() {
  const { t } = useTranslation('room');
  const locale = useLocale();
  const { store } = useRoomScreen();
  const now = useSlowNow(store, 'floor');
  const { floor, incidents } = store.model;
  const bars = layOutFloor(floor.segments, now, FLOOR_SPAN, LANES);
  const here = floor.presence.at(-1)?.present ?? 0;
  const marks = incidents.all.filter(({ at }) => at > now - FLOOR_SPAN);
  return (
    <div className="grid gap-1">
      <div aria-hidden className="relative h-16">
        {bars.map((bar) => (
          <Bar key={`${bar.member} ${bar.from}`} bar={bar} />
        ))}
        {marks.map((mark) => (
          <span
            key={mark.id}
            title={t(`incident.${mark.kind}.title`)}
            style={{ insetInlineStart: `${(1 - (now - mark.at) / FLOOR_SPAN) * 100}%` }}
            className="absolute inset-y-0 z-10 w-0 border-danger border-s-2 border-dashed"
          />
        ))}
      </div>
      <div aria-hidden className="relative h-7">
        <svg
          viewBox="0 0 1000 100"
          preserveAspectRatio="none"
          className="absolute inset-0 size-full overflow-visible rtl:-scale-x-100"
        >
          <title>{t('floor.presence')}</title>
          <path
            d={presencePath(floor.presence, now, FLOOR_SPAN)}
            fill="none"
            vectorEffect="non-scaling-stroke"
            className="stroke-muted stroke-[1.5]"
          />
        </svg>
      </div>
      <div aria-hidden className="relative h-4 text-muted text-xs">
        {MARKS.map((minutes) => (
          <span
            key={minutes}
            style={{ insetInlineStart: `${(1 - minutes / 30) * 100}%` }}
            className={classes(
              'tabular absolute -translate-x-1/2 rtl:translate-x-1/2',
              // A phone has no room for it beside how many are here.
              minutes === 5 && 'max-sm:hidden',
            )}
          >
            <Clock at={now - minutes * 60_000} />
          </span>
        ))}
        <span className="tabular absolute end-0">
          {t('counts.here', { n: formatNumber(locale, here) })}
        </span>
      </div>
      <FloorTable now={now} />
    </div>
  );
}

function Bar({ bar }: { bar: FloorBar }) {
  const { store } = useRoomScreen();
  const locale = useLocale();
  const timeZone = useTimeZone();
  const card = store.model.cards.get(bar.member);
  const from = formatClock(locale, bar.from, timeZone, true);
  const length = formatDuration((bar.to ?? Date.now()) - bar.from);
  return (
    <span
      title={`${isolate(card?.name ?? '')} · ${from} · ${length}`}
      style={{
        insetInlineStart: `${bar.start * 100}%`,
        inlineSize: `max(3px, ${bar.length * 100}%)`,
        top: `${bar.lane}rem`,
      }}
      className={classes(
        'absolute h-3.5 overflow-hidden truncate rounded-sm px-1 text-[0.6875rem] leading-3.5',
        'text-canvas',
        LANE_LOOK[bar.lane],
      )}
    >
      {bar.length > 0.05 && card ? <bdi lang={card.locale}>{card.name}</bdi> : null}
    </span>
  );
}

function Clock({ at }: { at: number }) {
  const locale = useLocale();
  return formatClock(locale, at, useTimeZone());
}
