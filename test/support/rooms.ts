import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import type { Role } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { execute, type Limits } from '#server/rooms/execute.ts';
import { ingest, type Presence } from '#server/rooms/ingest.ts';
import { openRoom } from '#server/rooms/open-and-end.ts';

/** Opens a room with people already in it; ids are theirs, roles as given. */
export async function openRoomWith(
  db: Db,
  people: Record<string, Role>,
  room = `room-${randomUUID().slice(0, 8)}`,
): Promise<string> {
  await openRoom(db, { id: room, title: 'Evening talk', language: 'en' }, 'platform:test');
  await ingest(
    db,
    room,
    Object.entries(people).map(([member, role]) => joining(member, role)),
  );
  return room;
}

/** A join as a member's own socket would bring it. */
export function joining(
  member: string,
  role: Role = 'listener',
  cohort: string | null = null,
): Presence {
  return {
    member,
    actor: 'platform:test',
    what: {
      kind: 'join',
      role,
      via: 'socket',
      cohort,
      profile: {
        handle: member,
        name: `Name of ${member}`,
        locale: 'en',
        inviter: null,
        memberSince: '2026-01-01T00:00:00.000Z',
      },
    },
  };
}

/** Adds an operator the way the command line does, with its audit event. */
export async function addOperator(
  db: Db,
  roles: string[],
  name = `op-${randomUUID().slice(0, 8)}`,
) {
  const id = randomUUID();
  await db.begin(async (tx) => {
    await tx`insert into operator (id, name, roles) values (${id}, ${name}, ${roles})`;
    await appendAudit(tx, [
      {
        action: 'operator.added',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: 'system',
        target_type: 'operator',
        target: `operator:${id}`,
      },
    ]);
  });
  return { actor: { kind: 'operator', id } satisfies Actor, id, name };
}

/** A command with a fresh id and a reason. */
export function commandFor(room: string, fields: Record<string, unknown>) {
  return { id: randomUUID(), room, reason: 'because', ...fields };
}

/** Executes and returns the answer alone. */
export async function act(
  db: Db,
  actor: Actor,
  room: string,
  fields: Record<string, unknown>,
  limits?: Limits,
) {
  const { answer } = await execute(db, actor, commandFor(room, fields), limits);
  return answer;
}

/** Reads as the superuser what the application may not. */
export async function asOwner<Row>(
  ownerUrl: string,
  read: (sql: postgres.Sql) => Promise<Row>,
): Promise<Row> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  return read(sql).finally(() => sql.end());
}
