import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { IncidentKind, IncidentNumbers } from '#app/domain/rooms/events.ts';
import { record } from '#app/domain/rooms/fold.ts';
import type { Db, Sql } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { incident } from '#db/schema/incident.ts';
import { room } from '#db/schema/room.ts';
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
    const open = await readOpen(app.db);
    for (const id of rested.keys()) if (!open.some((row) => row.id === id)) rested.delete(id);
    await inTurn(open, async (row) => {
      if (!row.live) {
        await close(app.db, row.id, now);
      } else if (now >= (rested.get(row.id) ?? 0)) {
        await tend(app, row, now);
        if (now > row.at.getTime() + growthOf(row.kind)) rested.set(row.id, now + REST);
      }
    });
  };
}

async function readOpen({ orm }: Db): Promise<Row[]> {
  return orm
    .select({
      id: incident.id,
      room: incident.roomId,
      kind: incident.kind,
      at: incident.at,
      people: incident.people,
      seconds: incident.seconds,
      share: incident.share,
      returned: incident.returned,
      elsewhere: incident.returnedElsewhere,
      inviter: incident.inviterId,
      live: sql<boolean>`${eq(room.status, 'live')}`,
    })
    .from(incident)
    .innerJoin(room, eq(room.id, incident.roomId))
    .where(isNull(incident.closedAt))
    .orderBy(desc(incident.at))
    .limit(200);
}

async function tend(app: Pick<App, 'db' | 'committed'>, row: Row, now: number): Promise<void> {
  const { numbers, last } = await measure(app.db.sql, row, now);
  if (differs(row, numbers)) await update(app, row, numbers);
  if (now - last >= QUIET || now - row.at.getTime() >= MOST) await close(app.db, row.id, now);
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
    const { people, seconds, share, returned, returnedElsewhere, inviter } = numbers;
    const still = await ormOn(tx)
      .update(incident)
      .set({
        people,
        seconds,
        share,
        returned: returned ?? 0,
        returnedElsewhere: returnedElsewhere ?? 0,
        inviterId: inviter ?? null,
      })
      .where(isOpen(row.id))
      .returning({ id: incident.id });
    if (still.length === 0) return [];
    const body = { type: 'incident.updated', incidentId: row.id, kind: row.kind, numbers } as const;
    record(draft, [body], Date.now(), null);
    return [];
  });
  if (change) app.committed(change);
}

async function close({ orm }: Db, id: string, now: number): Promise<void> {
  await orm
    .update(incident)
    .set({ closedAt: new Date(now) })
    .where(isOpen(id));
}

function isOpen(id: string) {
  return and(eq(incident.id, id), isNull(incident.closedAt));
}
