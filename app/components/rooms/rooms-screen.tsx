import { Link, useNavigate } from '@remix-run/react';
import { useCallback, useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  ConnectionMark,
  type Connection as Shown,
} from '#app/components/shell/connection-mark.tsx';
import { Page } from '#app/components/shell/page.tsx';
import { DataTable } from '#app/components/ui/data-table/data-table.tsx';
import { Pill } from '#app/components/ui/pill.tsx';
import { ForbiddenState } from '#app/components/ui/states.tsx';
import { useSteady } from '#app/components/ui/use-steady.ts';
import { useWide } from '#app/components/ui/use-wide.ts';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { formatNumber } from '#app/i18n/format.ts';
import { useLocale } from '#app/i18n/use-locale.ts';
import type { Connection } from '#app/live/freshness.ts';
import { NoRooms } from './no-rooms.tsx';
import { RoomCards } from './room-cards.tsx';
import { roomColumns } from './room-columns.tsx';
import { RoomsToolbar } from './rooms-toolbar.tsx';
import { arrangeRooms, needsAttention, readSort, USUAL_SORT } from './rooms-view.ts';
import { useRooms } from './use-rooms.ts';
import { useRoomsReadOut } from './use-rooms-read-out.ts';
import { useRoomsView } from './use-rooms-view.ts';

const idOf = ({ id }: RoomRow) => id;

/** All live rooms, the most urgent first, still while someone points at them. */
export function RoomsScreen({ rooms }: { rooms: readonly RoomRow[] }) {
  const { t } = useTranslation('rooms');
  const locale = useLocale();
  const { rows, connection, refusal } = useRooms(rooms);
  const state = useRoomsView();
  const { change } = state;
  const view = useDeferredValue(state.view);
  useRoomsReadOut(rows);

  const wanted = useMemo(() => arrangeRooms(rows, view, locale).map(idOf), [rows, view, locale]);
  const steady = useSteady(useSameWhileEqual(wanted), view);
  const shown = useMemo(() => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    return steady.shown.flatMap((id) => byId.get(id) ?? []);
  }, [rows, steady.shown]);

  const columns = useMemo(() => roomColumns(t, locale), [t, locale]);
  const navigate = useNavigate();
  const open = useCallback(({ id }: RoomRow) => navigate(`/rooms/${id}`), [navigate]);
  const isWide = useWide();
  const live = rows.filter(({ status }) => status === 'live').length;
  const calling = rows.filter(needsAttention).length;
  const n = (value: number) => formatNumber(locale, value);
  const { by, descending } = view.sort;
  const empty = <NoRooms isNarrowed={rows.length > 0} onShowAll={() => change(EVERYTHING)} />;

  if (refusal !== null) {
    return (
      <Page title={t('title')}>
        <ForbiddenState
          title={t('common:error.forbidden.title')}
          actions={
            <Link to="/" reloadDocument className="target px-3 text-accent text-sm underline">
              {t('common:error.home')}
            </Link>
          }
        >
          {t(`reasons:${refusal}`)}
        </ForbiddenState>
      </Page>
    );
  }
  return (
    <Page
      title={t('title')}
      facts={
        <>
          <Pill className="max-sm:hidden">{t('fact.live', { count: live, n: n(live) })}</Pill>
          {calling > 0 ? (
            <Pill tone="warning">{t('fact.attention', { count: calling, n: n(calling) })}</Pill>
          ) : null}
        </>
      }
      connection={<ConnectionMark connection={inShell(connection)} />}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] sm:h-full sm:grid-rows-[auto_minmax(0,1fr)]">
        <RoomsToolbar
          rows={rows}
          found={shown.length}
          state={state}
          columns={columns}
          onUpdate={steady.isWaiting ? steady.update : null}
        />
        <div {...steady.pointer} className="grid min-h-0 grid-cols-[minmax(0,1fr)]">
          {isWide === false ? null : (
            <DataTable
              className="max-sm:hidden"
              label={t('title')}
              rows={shown}
              isOrdered
              rowId={idOf}
              columns={columns}
              hidden={state.hidden}
              sort={{ column: by, descending }}
              onSort={(sort) => change({ sort: (sort && readSort(sort)) ?? USUAL_SORT })}
              onOpen={open}
              rowHeight={49}
              empty={empty}
            />
          )}
          {isWide === true ? null : (
            <div className="sm:hidden">
              {shown.length > 0 ? <RoomCards rooms={shown} label={t('title')} /> : empty}
            </div>
          )}
        </div>
      </div>
    </Page>
  );
}

const EVERYTHING = { query: '', facets: new Set<never>() };

/** @returns the earlier list while the ids are the same ones in the same order. */
function useSameWhileEqual(ids: readonly string[]): readonly string[] {
  // Ids of rooms have no spaces.
  const text = ids.join(' ');
  return useMemo(() => (text === '' ? [] : text.split(' ')), [text]);
}

function inShell(connection: Connection): Shown {
  if (connection.state !== 'reconnecting' && connection.state !== 'stale') return connection;
  return { state: 'stale', since: connection.since };
}
