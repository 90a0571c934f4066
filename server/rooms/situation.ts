import type { Power } from '#app/domain/rooms/authority.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { type Original, reachOf } from '#app/domain/rooms/decide.ts';
import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import type { Transaction } from '#db/client.ts';
import type { Actor } from './actor.ts';
import { lockRoom } from './load.ts';
import type { ParticipantRecord, RoomRecord } from './rows.ts';

/** The actor as read inside the transaction. */
export interface Standing {
  /** Audit reference. */
  ref: string;
  name: string;
  power: Power;
}

export interface PriorCommand {
  id: string;
  roomId: string;
  actorRef: string;
  name: string;
  input: Record<string, unknown>;
  fromSeq: number;
  toSeq: number;
  auditEventId: string;
  undone: boolean;
}

export interface Loaded {
  room: RoomRecord | null;
  people: ParticipantRecord[];
  standing: Standing | null;
  /** The command with the same id, when it was carried out before. */
  repeated: PriorCommand | null;
  /** The command to undo. */
  original: (Original & { auditEventId: string }) | null;
  recentDestructive: number;
  handOver: { acknowledged: boolean } | null;
}

/** The actor, once for each participant asked for, or once alone. */
interface ActorRow extends Nullable<ParticipantRecord> {
  actor_ref: string;
  actor_name: string;
  actor_roles: string[] | null;
  repeated: PriorCommand | null;
  recent: number;
}
type Nullable<Row> = { [Key in keyof Row]: Row[Key] | null };

/**
 * Locks the room, then reads in the same breath what the rule needs. The statements travel
 * together; each takes its snapshot after the lock is held.
 */
export async function loadSituation(
  tx: Transaction,
  actor: Actor,
  command: RoomCommand,
): Promise<Loaded> {
  const named = 'member' in command ? [command.member] : [];
  const ids = actor.kind === 'member' ? [...named, actor.id] : named;
  const [room, rows, reached, original, handOver] = await Promise.all([
    lockRoom(tx, command.room),
    readActorAndNamed(tx, actor, command, ids),
    readReach(tx, command),
    command.name === 'undo' ? readOriginal(tx, command.room, command.command) : null,
    command.name === 'acknowledge_hand_over' ? readHandOver(tx, command) : null,
  ]);
  const [row] = rows;
  const seated = rows.filter(
    (found): found is ActorRow & ParticipantRecord => found.member_id !== null,
  );
  const known = new Map([...seated, ...reached].map((person) => [person.member_id, person]));
  if (original) {
    const members = original.events.flatMap(({ body }) => memberOf(body) ?? []);
    for (const person of await readNamed(tx, command.room, [...new Set(members)])) {
      known.set(person.member_id, person);
    }
  }
  return {
    room,
    people: [...known.values()],
    standing: row ? standingOf(actor, row, known, command.room) : null,
    repeated: row?.repeated ?? null,
    original,
    recentDestructive: row?.recent ?? 0,
    handOver,
  };
}

function readActorAndNamed(
  tx: Transaction,
  actor: Actor,
  command: RoomCommand,
  ids: readonly string[],
) {
  const since = new Date(Date.now() - 60_000);
  return tx<ActorRow[]>`
    select p.*, a.ref as actor_ref, a.name as actor_name, a.roles as actor_roles,
      (select jsonb_build_object('id', c.id, 'roomId', c.room_id, 'actorRef', c.actor_ref,
          'name', c.name, 'input', c.input, 'fromSeq', c.from_seq, 'toSeq', c.to_seq,
          'auditEventId', c.audit_event_id, 'undone', c.undone_by is not null)
        from command c where c.id = ${command.id}) as repeated,
      (select count(*) from command c
        where c.actor_ref = a.ref and c.at > ${since} and c.destructive) as recent
    from (${readActor(tx, actor)}) a
    left join participant p
      on p.room_id = ${command.room} and p.member_id = any(${ids as string[]})`;
}

function readActor(tx: Transaction, actor: Actor) {
  switch (actor.kind) {
    case 'operator':
      return tx`
        select 'operator:' || id as ref, name, roles
        from operator where id = ${actor.id} and disabled_at is null`;
    case 'member':
      return tx`
        select 'member:' || ref as ref, name, null::text[] as roles
        from member where id = ${actor.id}`;
    case 'platform':
      return tx`
        select ${`platform:${actor.key}`}::text as ref, ${actor.key}::text as name,
          null::text[] as roles`;
    case 'system':
      return tx`select 'system' as ref, '' as name, null::text[] as roles`;
  }
}

function standingOf(
  actor: Actor,
  row: ActorRow,
  people: ReadonlyMap<string, ParticipantRecord>,
  room: string,
): Standing {
  const standing = { ref: row.actor_ref, name: row.actor_name };
  return { ...standing, power: powerOf(actor, row.actor_roles ?? [], people, room) };
}

function powerOf(
  actor: Actor,
  roles: readonly string[],
  people: ReadonlyMap<string, ParticipantRecord>,
  room: string,
): Power {
  switch (actor.kind) {
    case 'system':
      return 'system';
    case 'operator':
      if (roles.includes('lead')) return 'operator_lead';
      return roles.includes('moderator') ? 'operator_moderator' : 'none';
    case 'member': {
      const role = actor.room === room ? people.get(actor.id)?.role : undefined;
      if (role === 'host') return 'host';
      return role === 'moderator' ? 'room_moderator' : 'none';
    }
    case 'platform':
      return 'none';
  }
}

function readNamed(tx: Transaction, roomId: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return tx<ParticipantRecord[]>`
    select * from participant where room_id = ${roomId} and member_id = any(${ids as string[]})`;
}

function readReach(tx: Transaction, command: RoomCommand) {
  switch (reachOf(command)) {
    case 'speakers':
      return tx<ParticipantRecord[]>`
        select * from participant
        where room_id = ${command.room} and role = 'speaker' and presence <> 'gone' order by ord`;
    case 'hands':
      return tx<ParticipantRecord[]>`
        select * from participant
        where room_id = ${command.room} and hand_at is not null and presence <> 'gone'
        order by hand_at`;
    case 'floor':
      return tx<ParticipantRecord[]>`
        select * from participant where room_id = ${command.room} and floor_since is not null`;
    default:
      return [];
  }
}

async function readOriginal(tx: Transaction, roomId: string, id: string) {
  const [[row], events] = await Promise.all([
    tx<{ input: RoomCommand; undone: boolean; audit_event_id: string }[]>`
      select input, undone_by is not null as undone, audit_event_id
      from command where id = ${id} and room_id = ${roomId}`,
    tx<{ seq: number; at: Date; body: RoomEvent['body'] }[]>`
      select e.seq, e.at, e.body from command c
      join room_event e on e.room_id = c.room_id and e.seq between c.from_seq and c.to_seq
      where c.id = ${id} and c.room_id = ${roomId} and e.command_id = c.id order by e.seq`,
  ]);
  if (!row) return null;
  return {
    command: row.input,
    undone: row.undone,
    auditEventId: row.audit_event_id,
    events: events.map(({ seq, at, body }) => ({ seq, at: at.getTime(), commandId: id, body })),
  };
}

async function readHandOver(
  tx: Transaction,
  command: Extract<RoomCommand, { name: 'acknowledge_hand_over' }>,
) {
  const [row] = await tx<{ acknowledged: boolean }[]>`
    select acknowledged_at is not null as acknowledged
    from hand_over where id = ${command.handOver} and room_id = ${command.room}`;
  return row ?? null;
}
