import { type AccessFault, findAccessFaults } from './beside-access.ts';
import { BESIDE_ACTS } from './beside-acts.ts';
import { findCredentialFaults } from './beside-credentials.ts';
import { BESIDE_LOG, type Fault, type Faulty } from './beside-log.ts';
import { BESIDE_POLICIES } from './beside-policies.ts';
import { readCorrections } from './corrections.ts';
import { type Findings, MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';
import { replayPeople } from './replay-people.ts';
import { replayRooms } from './replay-rooms.ts';

/**
 * Compares today's state with the newest events about it: every state must follow from an event, and
 * every event must show in the state.
 */
export async function replayState(
  sql: Snapshot,
  findings: Findings,
  remarks: string[],
): Promise<void> {
  const unfounded = await readCorrections(sql, remarks);
  // The log has no index by what an event is about: its events are looked at once, not for each row.
  await sql`set local enable_nestloop = off`;
  await replayPeople(sql, findings, unfounded);
  await replayRooms(sql, findings, unfounded);
  await replayOperators(sql, findings, unfounded);
  await sql`set local enable_nestloop = on`;
  // Whole tables are compared here, in the order of their keys.
  await sql`set local enable_mergejoin = on`;
  const besides = [...ABSENCES, ...BESIDE_LOG, ...BESIDE_ACTS, ...BESIDE_POLICIES];
  for (const { what, find } of besides) {
    for (const faulty of await find(sql, unfounded)) report({ what, ...faulty });
  }
  for (const fault of await findAccessFaults(sql, unfounded)) report(fault);
  for (const fault of await findCredentialFaults(sql, unfounded)) report(fault);

  function report({ what, event, subject }: AccessFault): void {
    findings.add('tampered', `${what} ${subject}`, event === null ? {} : { event });
  }
}

async function replayOperators(
  sql: Snapshot,
  findings: Findings,
  unfounded: readonly string[],
): Promise<void> {
  const rows = await sql<
    {
      id: string;
      differs: string;
      event: string | null;
    }[]
  >`
    with said as materialized (
      select e.event_id, e.target_ref, e.action, (
          select f.value::jsonb->'roles' from audit.disclosure f
          where f.event_id = e.event_id and f.name = 'after') as roles
      from public.operator o join audit.event e on e.target_ref = 'operator:' || o.id
      where e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
    ), held as (
      select distinct on (target_ref) event_id, target_ref,
        case when jsonb_typeof(roles) <> 'array' then roles
          else (select jsonb_agg(r order by r) from jsonb_array_elements_text(roles) r) end as roles
      from said where roles is not null or action = 'operator.added'
      order by target_ref, event_id desc
    ), able as (
      select distinct on (target_ref) event_id, target_ref, action from said
      where action in ('operator.disabled', 'operator.enabled')
      order by target_ref, event_id desc
    )
    select o.id, coalesce(case when (o.disabled_at is null) = (d.action = 'operator.disabled')
        then d.event_id end, e.event_id) as event, case
        when e.event_id is null then 'no event says that there is such an operator'
        when coalesce(e.roles <> (select jsonb_agg(r order by r) from unnest(o.roles) r), false)
          then 'they have other roles than the newest event gave them'
        when o.disabled_at is null and d.action = 'operator.disabled'
          then 'they are enabled, but the newest event disabled them'
        when o.disabled_at is not null and d.action is distinct from 'operator.disabled'
          then 'they are disabled, and no event says so'
      end as differs
    from public.operator o
    left join held e on e.target_ref = 'operator:' || o.id
    left join able d on d.target_ref = 'operator:' || o.id`;
  for (const { id, differs, event } of rows) {
    if (differs) {
      findings.add('tampered', `operator:${id}: ${differs}`, event === null ? {} : { event });
    }
  }
}

/** What names something that must be there, and is not. */
const ABSENCES: Fault[] = [
  {
    what: 'it is gone, or was never sequenced, but is named by the command',
    find: (sql) => sql<Faulty[]>`
      select c.audit_event_id as event, c.id as subject from public.command c
      where not exists (select from audit.event e where e.event_id = c.audit_event_id)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it is gone, but is named as the parent by event',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.parent_id as event, e.event_id as subject from audit.event e
      where e.parent_id is not null and e.event_id <> all (${unfounded}::uuid[])
        and not exists (select from audit.event p where p.event_id = e.parent_id)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it is gone, but is taken back by event',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.reverses_id as event, e.event_id as subject from audit.event e
      where e.reverses_id is not null and e.event_id <> all (${unfounded}::uuid[])
        and not exists (select from audit.event p where p.event_id = e.reverses_id)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'no event is about',
    find: (sql, unfounded) => sql<Faulty[]>`
      select null::uuid as event, 'report:' || r.id as subject from public.report r
      where not exists (
        select from audit.event e
        where e.target_ref = 'report:' || r.id and e.outcome = 'accepted'
          and e.event_id <> all (${unfounded}::uuid[]))
      order by 2 limit ${MOST_NAMED}`,
  },
];
