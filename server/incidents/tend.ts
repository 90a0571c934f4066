import type { IncidentKind, IncidentNumbers } from '#app/domain/rooms/events.ts';
import { record } from '#app/domain/rooms/fold.ts';
import type { Sql } from '#db/client.ts';
import type { App } from '#server/app.ts';
import { inTurn } from '#server/jobs/in-turn.ts';
import { transact } from '#server/rooms/transact.ts';
import { growthOf, measureDrop, measureReturns, measureRush } from './measure.ts';

interface Row {
  id: string;
  room: string;
  kind: IncidentKind;
  at: Date;
  people: number;
  seconds: number;
  share: number;
  returned: number;
  elsewhere: number;
  inviter: string | null;
  live: boolean;
}

interface Measured {
  numbers: IncidentNumbers;
  /** When the last person was lost, came or came back. */
  last: number;
}

/** An incident closes when nothing has happened for this long, and at the latest after `MOST`. */
const QUIET = 5 * 60_000;
const MOST = 30 * 60_000;

/** Between two looks at an incident that no longer grows, in milliseconds. */
const REST = 10_000;

/**
 * @returns one pass, to be run every few seconds, with milliseconds since the epoch: brings the
 *   numbers of open incidents up to date, tells the rooms of those that changed, and closes what
 *   has been quiet for five minutes or whose room has ended
 */
export function openTending(app: Pick<App, 'db' | 'committed'>): (now: number) => Promise<void> {
  const rested = new Map<string, number>();
  return async (now) => {
    const open = await readOpen(app.db.sql);
    for (const id of rested.keys()) if (!open.some((row) => row.id === id)) rested.delete(id);
    await inTurn(open, async (row) => {
      if (!row.live) {
        await close(app.db.sql, row.id, now);
      } else if (now >= (rested.get(row.id) ?? 0)) {
        await tend(app, row, now);
        if (now > row.at.getTime() + growthOf(row.kind)) rested.set(row.id, now + REST);
      }
    });
  };
}

async function readOpen(sql: Sql): Promise<Row[]> {
  return sql<Row[]>`
    select i.id, i.room_id as room, i.kind, i.at, i.people, i.seconds, i.share, i.returned,
      i.returned_elsewhere as elsewhere, i.inviter_id as inviter, r.status = 'live' as live
    from incident i join room r on r.id = i.room_id
    where i.closed_at is null order by i.at desc limit 200`;
}

async function tend(app: Pick<App, 'db' | 'committed'>, row: Row, now: number): Promise<void> {
  const { numbers, last } = await measure(app.db.sql, row, now);
  if (differs(row, numbers)) await update(app, row, numbers);
  if (now - last >= QUIET || now - row.at.getTime() >= MOST) await close(app.db.sql, row.id, now);
}

async function measure(sql: Sql, row: Row, now: number): Promise<Measured> {
  const { room, kind } = row;
  const from = row.at.getTime();
  const to = from + growthOf(kind);
  const before = { people: row.people, seconds: row.seconds, share: row.share };
  if (kind === 'raid') {
    const inviter = row.inviter === null ? {} : { inviter: row.inviter };
    if (now > to + QUIET) return { numbers: { ...before, ...inviter }, last: from };
    const rush = await measureRush(sql, room, from, to);
    const last = rush.last?.getTime() ?? from;
    if (rush.inviter === null) return { numbers: { ...before, ...inviter }, last };
    const share = rush.below / rush.people;
    return { numbers: { ...spanOf(rush), share, inviter: rush.inviter }, last };
  }
  const [drop, back] = await Promise.all([
    measureDrop(sql, room, from, to),
    measureReturns(sql, room, from, to),
  ]);
  // Whoever has returned elsewhere wears another cohort now, so the share is that of the drop.
  const share = back.elsewhere > 0 || now > to ? row.share : drop.inOneCohort / drop.people;
  return {
    numbers: { ...spanOf(drop), share, returned: back.returned, returnedElsewhere: back.elsewhere },
    last: Math.max(drop.last?.getTime() ?? from, back.last?.getTime() ?? from),
  };
}

/** People and seconds of what was measured. */
export function spanOf({
  people,
  first,
  last,
}: {
  people: number;
  first: Date | null;
  last: Date | null;
}) {
  const seconds = first && last ? Math.round((last.getTime() - first.getTime()) / 1_000) : 0;
  return { people, seconds: Math.max(1, seconds) };
}

function differs(row: Row, numbers: IncidentNumbers): boolean {
  return (
    row.people !== numbers.people ||
    row.seconds !== numbers.seconds ||
    Math.abs(row.share - numbers.share) > 0.005 ||
    row.returned !== (numbers.returned ?? 0) ||
    row.elsewhere !== (numbers.returnedElsewhere ?? 0)
  );
}

async function update(
  app: Pick<App, 'db' | 'committed'>,
  row: Row,
  numbers: IncidentNumbers,
): Promise<void> {
  const change = await transact(app.db, row.room, [], async (draft, tx) => {
    if (draft.room.status === 'ended') return [];
    const still = await tx`
      update incident set people = ${numbers.people}, seconds = ${numbers.seconds},
        share = ${numbers.share}, returned = ${numbers.returned ?? 0},
        returned_elsewhere = ${numbers.returnedElsewhere ?? 0},
        inviter_id = ${numbers.inviter ?? null}
      where id = ${row.id} and closed_at is null`;
    if (still.count === 0) return [];
    const body = { type: 'incident.updated', incidentId: row.id, kind: row.kind, numbers } as const;
    record(draft, [body], Date.now(), null);
    return [];
  });
  if (change) app.committed(change);
}

async function close(sql: Sql, id: string, now: number): Promise<void> {
  await sql`update incident set closed_at = ${new Date(now)} where id = ${id} and closed_at is null`;
}
