import type { Fault, Faulty } from './beside-log.ts';
import { MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

// What was published, by its event: each clause by its code, as `policy.published` records it.
const published = (sql: Snapshot, unfounded: readonly string[]) => sql`
  select e.event_id, e.target_ref, d.value::jsonb as after
  from audit.event e
  left join audit.disclosure d on d.event_id = e.event_id and d.name = 'after'
  where e.action = 'policy.published' and e.outcome = 'accepted'
    and e.event_id <> all (${unfounded}::uuid[])`;

/** Versions of the policy that are not as the events about them say. */
export const BESIDE_POLICIES: Fault[] = [
  {
    what: 'other clauses were published, or none, as',
    find: (sql, unfounded) => sql<Faulty[]>`
      select p.event_id as event, 'policy:' || v.version as subject
      from public.policy_version v
      left join (${published(sql, unfounded)}) p on p.target_ref = 'policy:' || v.version
      where p.after is null or p.after is distinct from case when jsonb_typeof(v.clauses) = 'array' then (
        -- Of two under one code, either might be shown.
        select case when count(*) = count(distinct c->>'code')
          then coalesce(jsonb_object_agg(coalesce(c->>'code', ''), c->'words'), '{}') end
        from jsonb_array_elements(v.clauses) c) end
      order by v.version limit ${MOST_NAMED}`,
  },
  {
    what: 'it was published, but is gone:',
    find: (sql, unfounded) => sql<Faulty[]>`
      select p.event_id as event, p.target_ref as subject from (${published(sql, unfounded)}) p
      where not exists (
        select from public.policy_version v where 'policy:' || v.version = p.target_ref)
      order by 2 limit ${MOST_NAMED}`,
  },
];
