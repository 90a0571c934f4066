import { MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

/** A row that does not fit, and the event that shows it. */
export interface Faulty {
  event: string | null;
  subject: string;
}

/** A kind of fault: words that the subject ends, and where it is. */
export interface Fault {
  what: string;
  /** @param unfounded events to leave out where state follows from them; the list has them all the same */
  find: (sql: Snapshot, unfounded: readonly string[]) => Promise<Faulty[]>;
}

/** Events whose words are worked out again, which takes some 50 µs each: of more, as many by chance. */
const WORDED = 20_000;

/** What the database keeps beside the log must say what the log says: reads, erasures, the list. */
export const BESIDE_LOG: readonly Fault[] = [
  {
    what: 'it says that somebody asked to see sealed fields, but the reads lack',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, e.correlation_id::text as subject from audit.event e
      where e.action = 'disclosure.requested' and e.outcome = 'accepted'
        and e.event_id <> all (${unfounded}::uuid[])
        and not exists (select from audit.access a where a.access_id = e.correlation_id)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'no event is about the request to see sealed fields',
    find: (sql, unfounded) => sql<Faulty[]>`
      select null::uuid as event, a.access_id::text as subject from audit.access a
      where not exists (
        select from audit.event e
        where e.action = 'disclosure.requested' and e.correlation_id = a.access_id
          and e.event_id <> all (${unfounded}::uuid[]))
      order by 2 limit ${MOST_NAMED}`,
  },
  {
    what: 'the reads show otherwise who asked to see what, and why, as',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, a.access_id::text as subject
      from audit.access a
      join audit.event e on e.correlation_id = a.access_id
        and e.action = 'disclosure.requested' and e.outcome = 'accepted'
        and e.event_id <> all (${unfounded}::uuid[])
      left join audit.event shown on shown.event_id = a.event_id
      where (a.actor_ref, a.case_ref, coalesce('event:' || a.event_id, a.subject))
          is distinct from (e.actor_ref, e.case_ref, e.target_ref)
        or (a.event_id is not null and a.subject is distinct from shown.target_ref)
        or exists (
          select from audit.disclosure d
          where d.event_id = e.event_id and d.value::jsonb <> case d.name
            when 'fields' then to_jsonb(a.fields)
            when 'purpose' then to_jsonb(a.purpose)
            when 'reason' then to_jsonb(a.why) end)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it says otherwise who reported whom for what than report',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, r.id::text as subject
      from public.report r
      join audit.event e on e.target_ref = 'report:' || r.id
        and e.action = 'report.filed' and e.outcome = 'accepted'
        and e.event_id <> all (${unfounded}::uuid[])
      left join public.member m on m.id = r.subject_id
      where (e.room_ref, e.occurred_at) is distinct from (r.room_id, r.at)
        or exists (
          select from audit.disclosure d
          where d.event_id = e.event_id and d.value::jsonb #>> '{}' <> case d.name
            when 'reporter' then r.reporter_ref
            when 'subject' then coalesce('member:' || m.ref, '')
            when 'category' then r.category end)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    // The text goes when either of the two is erased: with its field, or with whom it was about.
    what: 'it holds to other words, or to another span, than those of report',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, r.id::text as subject
      from public.report r
      join audit.event e on e.target_ref = 'report:' || r.id
        and e.action = 'report.filed' and e.outcome = 'accepted'
        and e.event_id <> all (${unfounded}::uuid[])
      join audit.disclosure d on d.event_id = e.event_id and d.name = 'reporter_words'
        and d.value is not null
      where (d.value::jsonb->>'from', d.value::jsonb->>'to')
          is distinct from (r.from_second::text, r.to_second::text)
        or (d.value::jsonb->>'sha256' <> encode(sha256(convert_to(r.text, 'UTF8')), 'hex')
          and not (r.text = '' and exists (
            select from audit.disclosure s
            where s.event_id = e.event_id and s.name = 'subject' and s.erased_at is not null)))
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'the requests for erasures show otherwise who asked, who approved or for whom, as',
    find: (sql) => sql<Faulty[]>`
      select coalesce(r.erased_event, r.requested_event) as event, r.erasure_id::text as subject
      from audit.erasure r
      left join audit.event q on q.event_id = r.requested_event
      left join audit.event e on e.event_id = r.erased_event
      where (q.action, q.actor_ref, q.target_ref)
          is distinct from ('erasure.requested', r.requested_by, r.member_ref)
        or (e.action, e.actor_ref, e.target_ref, e.parent_id)
          is distinct from (case when r.approved_at is not null then 'member.erased' end,
            r.approved_by, case when r.approved_at is not null then r.member_ref end,
            case when r.approved_at is not null then r.requested_event end)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'it says, and the corrections do not, that there never was',
    find: (sql, unfounded) => sql<Faulty[]>`
      select e.event_id as event, coalesce(e.target_ref, 'anything') as subject
      from audit.event e left join audit.correction c on c.corrected_by = e.event_id
      where e.action = 'log.corrected' and e.outcome = 'accepted'
        and e.event_id <> all (${unfounded}::uuid[])
        and c.event_id is distinct from e.reverses_id
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    what: 'no event of the log says so, but the corrections do:',
    find: (sql) => sql<Faulty[]>`
      select e.event_id as event, c.event_id::text as subject
      from audit.correction c
      left join audit.event e on e.event_id = c.corrected_by
      where (e.action, e.outcome, e.reverses_id)
        is distinct from ('log.corrected', 'accepted', c.event_id)
      order by 2 limit ${MOST_NAMED}`,
  },
  {
    what: 'no request for an erasure has it as its end, though it erased',
    find: (sql) => sql<Faulty[]>`
      select e.event_id as event, e.target_ref as subject from audit.event e
      where e.action = 'member.erased' and e.outcome = 'accepted'
        and not exists (select from audit.erasure r where r.erased_event = e.event_id)
      order by 1 limit ${MOST_NAMED}`,
  },
  {
    // A limit beside the join would have each row looked up by its key, as if one were found soon.
    what: 'the list that is searched shows it otherwise than it is, as leaf',
    find: (sql) => sql<Faulty[]>`
      with other as materialized (
        select l.event_id, l.leaf_index from audit.listing l
        left join audit.event e on e.event_id = l.event_id
        left join audit.leaf t on t.event_id = l.event_id
        where (l.leaf_index, l.action, l.outcome, l.actor_ref, l.target_ref, l.room_ref, l.case_ref,
            l.correlation_id, l.parent_id, l.reverses_id)
          is distinct from (t.leaf_index, e.action, e.outcome, e.actor_ref, e.target_ref, e.room_ref,
            e.case_ref, e.correlation_id, e.parent_id, e.reverses_id)
      )
      select event_id as event, leaf_index::text as subject from other
      order by leaf_index limit ${MOST_NAMED}`,
  },
  {
    what: 'the list that is searched lacks it, leaf',
    find: (sql) => sql<Faulty[]>`
      select t.event_id as event, t.leaf_index::text as subject from audit.leaf t
      where t.leaf_index < (select max(leaf_index) from audit.listing)
        and not exists (select from audit.listing l where l.event_id = t.event_id)
      order by t.leaf_index limit ${MOST_NAMED}`,
  },
  {
    // All that have lost every word or have words that were erased; of the rest, those picked.
    what: 'the list finds it by other words than its own, as leaf',
    find: (sql) => sql<Faulty[]>`
      with suspect as (
        select l.event_id from audit.listing l join audit.disclosure d on d.event_id = l.event_id
        where audit.is_searched(l.action, d.name)
          and case when l.words = '{}' then d.value is not null else d.erased_at is not null end
        union
        select l.event_id from audit.listing l, (select count(*) as n from audit.listing) all_of
        where random() * all_of.n < ${WORDED}
      )
      select l.event_id as event, l.leaf_index::text as subject
      from suspect s join audit.listing l on l.event_id = s.event_id
      where l.words <> audit.words_about(l.event_id, l.action)
      order by l.leaf_index limit ${MOST_NAMED}`,
  },
];
