import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isolate } from '#app/components/ui/isolate.ts';
import { announce, announceNow } from '#app/components/ui/live-region.tsx';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { needsAttention } from './rooms-view.ts';

/** Reads out rooms that begin to need someone, gathered; an act that was not enforced at once. */
export function useRoomsReadOut(rows: readonly RoomRow[]): void {
  const { t } = useTranslation('rooms');
  const before = useRef<ReadonlyMap<string, RoomRow> | null>(null);
  useEffect(() => {
    const known = before.current;
    before.current = new Map(rows.map((row) => [row.id, row]));
    if (known === null) return;
    const calledBefore = (row: RoomRow) => {
      const old = known.get(row.id);
      return old !== undefined && needsAttention(old);
    };
    const calling = rows.filter(needsAttention);
    const newest = calling.find((row) => !calledBefore(row));
    if (newest) {
      const said = { count: calling.length, title: isolate(newest.title) };
      announce(t('said.attention', said), 'rooms');
    }
    const failed = rows.find(
      ({ id, failedEnforcements }) =>
        failedEnforcements > (known.get(id)?.failedEnforcements ?? failedEnforcements),
    );
    if (failed) announceNow(t('said.failed', { title: isolate(failed.title) }));
  }, [rows, t]);
}
