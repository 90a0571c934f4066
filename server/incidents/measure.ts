import { LEAST_SHARE, WINDOW } from '#app/domain/rooms/incidents.ts';
import type { Sql } from '#db/client.ts';

/** Most joiners whose invites are walked up. */
const MOST_JOINERS = 2_000;
/** Invites walked up to find a common inviter. */
const STEPS = 6;
/** People who were there before, looked at for comparison. */
const SAMPLE = 300;

export interface Drop {
  people: number;
  inOneCohort: number;
  first: Date | null;
  last: Date | null;
}

/**
 * People lost without goodbye in a span, and how many of them in the most frequent cohort. Walks
 * `room_event_at` over the span and the participants' primary key.
 */
export async function measureDrop(sql: Sql, room: string, from: number, to: number): Promise<Drop> {
  const [row] = await sql<Drop[]>`
    with lost as (
      select e.body->>'member' as member, min(e.at) as at from room_event e
      where e.room_id = ${room} and e.at between ${new Date(from)} and ${new Date(to)}
        and e.body->>'type' = 'participant.dropped'
      group by 1
    ), cohorts as (
      select count(*) as people from lost
      join participant p on p.room_id = ${room} and p.member_id = lost.member
      where p.cohort is not null group by p.cohort
    )
    select count(*) as people, min(at) as first, max(at) as last,
      coalesce((select max(people) from cohorts), 0) as "inOneCohort"
    from lost`;
  return row as Drop;
}

export interface Returns {
  returned: number;
  /** Of them, through another cohort. */
  elsewhere: number;
  last: Date | null;
}

/** How many of the people lost in a span have come back since it began. */
export async function measureReturns(sql: Sql, room: string, from: number, to: number) {
  const [row] = await sql<Returns[]>`
    with lost as (
      select distinct e.body->>'member' as member from room_event e
      where e.room_id = ${room} and e.at between ${new Date(from)} and ${new Date(to)}
        and e.body->>'type' = 'participant.dropped'
    ), back as (
      select e.body->>'member' as member, min(e.at) as at,
        bool_or(e.body->>'returned' = 'other_network') as elsewhere
      from room_event e
      where e.room_id = ${room} and e.at >= ${new Date(from)}
        and e.body->>'type' = 'participant.joined'
      group by 1
    )
    select count(*) as returned, count(*) filter (where elsewhere) as elsewhere, max(back.at) as last
    from lost join back using (member)`;
  return row as Returns;
}

export interface Rush {
  people: number;
  first: Date | null;
  last: Date | null;
  /** The nearest inviter above enough of them. */
  inviter: string | null;
  below: number;
}

/**
 * People who came in a span, and the nearest inviter, at most six invites up, above most of them.
 * Walks `room_event_at` over the span and the members' primary key.
 */
export async function measureRush(sql: Sql, room: string, from: number, to: number): Promise<Rush> {
  const [row] = await sql<Rush[]>`
    with recursive joined as (
      select e.body->>'member' as id, min(e.at) as at from room_event e
      where e.room_id = ${room} and e.at between ${new Date(from)} and ${new Date(to)}
        and e.body->>'type' = 'participant.joined' and e.body->>'returned' = 'no'
      group by 1
    ), looked_at as (
      select id from joined limit ${MOST_JOINERS}
    ), up as (
      select m.id as joiner, m.inviter_id as id, 1 as steps
      from looked_at join member m using (id) where m.inviter_id is not null
      union all
      select up.joiner, m.inviter_id, up.steps + 1
      from up join member m on m.id = up.id
      where up.steps < ${STEPS} and m.inviter_id is not null
    ), above as (
      select id, count(*) as below from up group by id
      having count(*) >= ${LEAST_SHARE}::float8 * (select count(*) from looked_at)
      order by avg(steps), id limit 1
    )
    select count(*) as people, min(at) as first, max(at) as last,
      (select id from above) as inviter, coalesce((select below from above), 0) as below
    from joined`;
  return row as Rush;
}

/** Share below an inviter among people who were in the room before a moment, in 0..1. */
export async function shareBelow(sql: Sql, room: string, inviter: string, before: number) {
  const [row] = await sql<{ share: number | null }[]>`
    with recursive there as (
      select member_id as id from participant
      where room_id = ${room} and presence = 'present' and joined_at < ${new Date(before)}
      limit ${SAMPLE}
    ), up as (
      select m.id as person, m.inviter_id as id, 1 as steps from there join member m using (id)
      union all
      select up.person, m.inviter_id, up.steps + 1 from up join member m on m.id = up.id
      where up.steps < ${STEPS + 4} and up.id <> ${inviter}
    )
    select count(distinct person) filter (where id = ${inviter})::float
      / nullif(count(distinct person), 0) as share
    from up`;
  return row?.share ?? 0;
}

/** Span in which an incident still grows, from its first person on, in milliseconds. */
export function growthOf(kind: keyof typeof WINDOW): number {
  return 2 * WINDOW[kind] * 1_000;
}
