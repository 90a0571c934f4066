import { randomUUID } from 'node:crypto';
import type { Db } from '#db/client.ts';
import type { App } from '#server/app.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import type { Actor } from '#server/rooms/actor.ts';
import type { Presence } from '#server/rooms/ingest.ts';

/** Opens a room and brings listeners in, the way sockets do. @returns their member ids */
export async function fillRoom(app: App, room: string, people: number): Promise<string[]> {
  await app.open({ id: room, title: `Bench ${room}`, language: 'en' }, 'platform:bench');
  const ids = Array.from({ length: people }, (_, i) => `${room}-${i}`);
  for (let i = 0; i < ids.length; i += 1_000) {
    const answers = await app.enterMany(room, ids.slice(i, i + 1_000).map(arrivalOf));
    if (answers.some(({ ok }) => !ok)) throw new Error('Somebody was refused at the door');
  }
  return ids;
}

/** A first join of a listener whom nobody knows yet. */
export function arrivalOf(member: string): Presence {
  return {
    member,
    actor: 'platform:bench',
    what: {
      kind: 'join',
      role: 'listener',
      via: 'socket',
      cohort: 'c',
      profile: profileOf(member),
    },
  };
}

/** What the platform would say of a member. */
export function profileOf(member: string) {
  return {
    handle: member,
    name: `Person ${member}`,
    locale: 'en',
    inviter: null,
    memberSince: '2026-01-01T00:00:00.000Z',
  };
}

/** Adds operators, on the record, who may act in every room. */
export async function addLeads(db: Db, count: number): Promise<Actor[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await db.sql.begin(async (tx) => {
    const rows = ids.map((id, i) => ({ id, name: `lead ${i}`, roles: ['lead'] }));
    await tx`insert into operator ${tx(rows, 'id', 'name', 'roles')}`;
    await appendAudit(
      tx,
      ids.map(
        (id): AuditEntry => ({
          action: 'operator.added',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: 'system',
          target_type: 'operator',
          target: `operator:${id}`,
        }),
      ),
    );
  });
  return ids.map((id) => ({ kind: 'operator', id }));
}
