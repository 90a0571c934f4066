import type { PendingQuery, Row } from 'postgres';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import type { Transaction } from '#db/client.ts';
import type { Actor } from './actor.ts';
import { rowSource } from './row-source.ts';
import type { ParticipantRecord } from './rows.ts';
import type { Ask } from './situation.ts';

/** A command carried out before under the same id. */
export interface PriorCommand {
  roomId: string;
  actorRef: string;
  name: string;
  fromSeq: number;
  toSeq: number;
}

/** The actor as read inside the transaction. */
export interface ActorRow {
  /** Audit reference; null when there is no such actor (any more). */
  ref: string | null;
  name: string;
  /** An operator's roles. */
  roles: OperatorRole[];
  repeated: PriorCommand | null;
  /** Destructive acts in the last minute. */
  recent: number;
}

type NamedRow = ActorRow & { i: number } & (ParticipantRecord | { member_id: null });

/**
 * Actors, and the seats of those whom commands name and of members who act: one or two rows per
 * ask, `i` being its place. Goes by primary keys and `command_actor_at`.
 */
export async function readNamed(tx: Transaction, asks: readonly Ask[]): Promise<NamedRow[]> {
  const since = new Date(Date.now() - 60_000).toISOString();
  const [first, ...others] = asks;
  if (!first || others.length > 0) return readTogether(tx, asks, since);
  const rows = await readAlone(tx, first, since);
  return rows.length > 0 ? rows : [{ ...NOBODY, i: 0 }];
}

const NOBODY = {
  ref: null,
  name: '',
  roles: [],
  repeated: null,
  recent: 0,
  member_id: null,
} satisfies ActorRow & { member_id: null };

/** Most commands come alone; a statement for many would cost Postgres half as much again. */
function readAlone(tx: Transaction, { actor, command }: Ask, since: string) {
  const target = 'member' in command ? command.member : null;
  const member = actor.kind === 'member' ? actor.id : null;
  return tx<NamedRow[]>`
    select 0 as i, a.ref, a.name, coalesce(a.roles, '{}') as roles,
      ${repeatedAndRecent(tx, tx`${command.id}::uuid`, since)}, p.*
    from (${actorRow(tx, actor)}) a
    left join participant p
      on p.room_id = ${command.room} and p.member_id in (${target}, ${member})`.execute();
}

function actorRow(tx: Transaction, actor: Actor) {
  switch (actor.kind) {
    case 'operator':
      return tx`
        select 'operator:' || id as ref, name, roles from operator
        where id = ${actor.id} and disabled_at is null`;
    case 'member':
      return tx`
        select 'member:' || ref as ref, name, null::text[] as roles from member
        where id = ${actor.id}`;
    default:
      return tx`select ${otherRef(actor)}::text as ref, '' as name, null::text[] as roles`;
  }
}

const askRows = rowSource({
  i: 'int',
  id: 'uuid',
  room: 'text',
  target: 'text',
  operator: 'uuid',
  member: 'text',
  other: 'text',
});

function readTogether(tx: Transaction, asks: readonly Ask[], since: string) {
  const rows = asks.map(({ actor, command }, i) => ({
    i,
    id: command.id,
    room: command.room,
    target: 'member' in command ? command.member : null,
    operator: actor.kind === 'operator' ? actor.id : null,
    member: actor.kind === 'member' ? actor.id : null,
    other: otherRef(actor),
  }));
  return tx<NamedRow[]>`
    select x.i, a.ref, coalesce(a.name, '') as name, coalesce(a.roles, '{}') as roles,
      ${repeatedAndRecent(tx, tx`x.id`, since)}, p.*
    from ${askRows(tx, rows)}
    left join lateral (
      select 'operator:' || id as ref, name, roles from operator
        where id = x.operator and disabled_at is null
      union all
      select 'member:' || ref, name, null from member where id = x.member
      union all
      select x.other, '', null where x.other is not null
      limit 1
    ) a on true
    left join lateral (
      select * from participant where room_id = x.room and member_id in (x.target, x.member)
      limit 2
    ) p on true`.execute();
}

/** Columns that look from the actor `a` at commands of before. */
function repeatedAndRecent(tx: Transaction, id: PendingQuery<Row[]>, since: string) {
  return tx`
    (select jsonb_build_object('roomId', c.room_id, 'actorRef', c.actor_ref, 'name', c.name,
        'fromSeq', c.from_seq, 'toSeq', c.to_seq)
      from command c where c.id = ${id}) as repeated,
    (select count(*) from command c
      where c.actor_ref = a.ref and c.at > ${since} and c.destructive) as recent`;
}

function otherRef(actor: Actor): string | null {
  if (actor.kind === 'system') return 'system';
  return actor.kind === 'platform' ? `platform:${actor.key}` : null;
}
