import type { Fault, Faulty } from './beside-log.ts';
import { MOST_NAMED } from './findings.ts';

/** What is kept of acts must say what their events say: commands, ranks, titles. */
export const BESIDE_ACTS: readonly Fault[] = [
  {
    // Of reports, and of people who were erased, the event names nobody.
    what: 'it says otherwise who did what to whom, and why, than command',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, c.id::text as subject
      from public.command c
      join audit.event e on e.event_id = c.audit_event_id
        and e.event_id <> all (${unfounded}::uuid[])
      left join audit.disclosure r on r.event_id = e.event_id and r.name = 'reason'
      left join public.member m on m.id = c.member_id
      where (e.correlation_id, e.room_ref, e.outcome)
          is distinct from (c.id, c.room_id, 'accepted')
        or e.actor_ref not in (c.actor_ref, 'reporter') and (c.actor_ref <> 'erased' or not exists (
          select from audit.event x
          where x.action = 'member.erased' and x.target_ref = e.actor_ref))
        or (e.target_type = 'participant' and c.member_id is not null
          and e.target_ref is distinct from 'member:' || m.ref)
        or (c.input <> '{}' and (
          (c.input->>'id', c.input->>'name', c.input->>'room', c.input->>'member')
            is distinct from (c.id::text, c.name, c.room_id, c.member_id)
          or c.input->>'reason' <> r.value::jsonb #>> '{}'))
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it muted them at another rank than now:',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, e.target_ref || ' in room ' || e.room_ref as subject
      from (
        select distinct on (e.target_ref, e.room_ref) e.*, p.mute_rank as rank
        from public.participant p
        join audit.event e on e.target_ref = 'member:' || p.member_ref and e.room_ref = p.room_id
        where p.mute_rank > 0 and e.action in ('participant.muted', 'participant.allowed_to_speak')
          and e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
        order by e.target_ref, e.room_ref, e.event_id desc
      ) e
      join audit.disclosure a on a.event_id = e.event_id and a.name = 'after'
      where e.action = 'participant.muted' and (a.value::jsonb->'rank') <> to_jsonb(e.rank)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it removed them at another rank than now:',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, e.target_ref || ' in room ' || e.room_ref as subject
      from (
        select distinct on (e.target_ref, e.room_ref) e.*, p.removal_rank as rank
        from public.participant p
        join audit.event e on e.target_ref = 'member:' || p.member_ref and e.room_ref = p.room_id
        where p.removed_at is not null and e.action in ('participant.removed', 'participant.readmitted')
          and e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
        order by e.target_ref, e.room_ref, e.event_id desc
      ) e
      join audit.disclosure a on a.event_id = e.event_id and a.name = 'after'
      where e.action = 'participant.removed' and (a.value::jsonb->'rank') <> to_jsonb(e.rank)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it gave another title to',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, e.target_ref as subject
      from public.room r
      join audit.event e on e.target_ref = 'room:' || r.id and e.action = 'room.opened'
        and e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
      join audit.disclosure a on a.event_id = e.event_id and a.name = 'after'
      where a.value::jsonb->>'title' <> r.title
      order by 1 limit ${MOST_NAMED}`,
  },
];
