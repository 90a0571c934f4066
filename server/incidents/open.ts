import { randomUUID } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import type { IncidentKind, IncidentNumbers } from '#app/domain/rooms/events.ts';
import { record } from '#app/domain/rooms/fold.ts';
import type { Db } from '#db/client.ts';
import { type Orm, ormOn } from '#db/orm.ts';
import { incident } from '#db/schema/incident.ts';
import { member } from '#db/schema/member.ts';
import type { AuditEntry } from '#server/audit/entry.ts';
import type { RoomChange } from '#server/rooms/draft.ts';
import { transact } from '#server/rooms/transact.ts';

export interface Found {
  kind: IncidentKind;
  /** When it began. */
  at: Date;
  numbers: IncidentNumbers;
}

/**
 * Opens an incident, unless one of its kind is open in the room: several processes may find it.
 * @returns the change, or null when it was open already or the room has ended
 */
export async function openIncident(
  db: Db,
  roomId: string,
  found: Found,
): Promise<RoomChange | null> {
  const { kind, at, numbers } = found;
  return transact(db, roomId, [], async (draft, tx) => {
    if (draft.room.status === 'ended') return [];
    const orm = ormOn(tx);
    const open = and(
      eq(incident.roomId, roomId),
      eq(incident.kind, kind),
      isNull(incident.closedAt),
    );
    if ((await orm.$count(incident, open)) > 0) return [];
    const id = randomUUID();
    const { people, seconds, share, inviter } = numbers;
    await orm
      .insert(incident)
      .values({ id, roomId, kind, at, people, seconds, share, inviterId: inviter });
    const now = Date.now();
    record(draft, [{ type: 'incident.opened', incidentId: id, kind, numbers }], now, null);
    return [await entryOf(orm, roomId, id, found, now)];
  });
}

async function entryOf(
  orm: Orm,
  room: string,
  id: string,
  { kind, at, numbers }: Found,
  now: number,
): Promise<AuditEntry> {
  const { inviter, ...counts } = numbers;
  const fields: AuditEntry['fields'] = [
    { name: 'kind', value: kind },
    { name: 'began_at', value: at.toISOString() },
    { name: 'numbers', value: counts },
  ];
  if (inviter !== undefined) {
    const [row] = await orm.select({ ref: member.ref }).from(member).where(eq(member.id, inviter));
    const subject = `member:${row?.ref}`;
    if (row) fields.push({ name: 'inviter', value: subject, subject });
  }
  return {
    action: 'incident.opened',
    outcome: 'accepted',
    occurred_at: now,
    actor: 'system',
    target_type: 'incident',
    target: `incident:${id}`,
    room,
    fields,
  };
}
