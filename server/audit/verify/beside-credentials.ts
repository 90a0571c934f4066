import type { AccessFault } from './beside-access.ts';
import { MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

/**
 * Finds passwords, passkeys, secrets of codes, recovery codes and linked sign-ins that are not as the events
 * about their operator say. Events have half a hash of what is kept, as in credential-marks.ts; those of
 * earlier versions have none, and then only whether there is such a credential is compared.
 * @param unfounded events to leave out
 */
export async function findCredentialFaults(
  sql: Snapshot,
  unfounded: readonly string[],
): Promise<AccessFault[]> {
  return sql<AccessFault[]>`
    with said as materialized (
      select e.event_id, e.action, e.target_ref, (
          select jsonb_object_agg(d.name, d.value::jsonb) from audit.disclosure d
          where d.event_id = e.event_id and d.value is not null
            and d.name in ('before', 'after', 'issuer', 'identity', 'by')) as fields
      from audit.event e
      where e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
        and (starts_with(e.action, 'credential.')
          or (e.action in ('session.started', 'operator.proven') and e.target_ref in (
            select 'operator:' || c.operator_id from public.recovery_code c)))
    ), reset as (
      select target_ref, max(event_id::text)::uuid as event_id from said
      where action = 'credential.reset' group by target_ref
    ),
    -- One look at each event: what it set up or took back, and which of several that was.
    told as materialized (
      select s.event_id, s.target_ref, k.kind, k.is_set, k.mark,
        case when k.kind in ('passkey', 'linked sign-in') then k.mark else '' end as slot
      from said s
      left join reset r on r.target_ref = s.target_ref
      cross join lateral (
        select case
            when s.action = 'credential.password_set' then 'password'
            when starts_with(s.action, 'credential.passkey_') then 'passkey'
            when starts_with(s.action, 'credential.codes_') then 'secret of codes'
            when s.action = 'credential.recovery_codes_made' then 'recovery codes'
            when starts_with(s.action, 'credential.identity_') then 'linked sign-in'
          end as kind,
          s.action !~ '_(removed|unlinked)$' as is_set,
          coalesce(s.fields->'after'->>'secret', s.fields->'before'->>'secret',
            (s.fields->>'issuer') || ' ' || (s.fields->>'identity')) as mark
      ) k
      where k.kind is not null and (r.event_id is null or s.event_id > r.event_id)
    ), newest as (
      select distinct on (target_ref, kind, slot) * from told where slot is not null
      order by target_ref, kind, slot, event_id desc
    ), kept as (${keptRows(sql)}), beside as (
      select coalesce(k.target_ref, n.target_ref) as target_ref, coalesce(k.kind, n.kind) as kind,
        k.target_ref is not null as is_kept, n.event_id, case
          when k.target_ref is null then 'it set up what is gone:'
          when n.event_id is null then 'no event says that it was set up:'
          when not n.is_set then 'it was taken back, but is there:'
          when n.mark <> k.mark then 'it set up another than there is now:'
        end as what
      from kept k
      full join newest n on (n.target_ref, n.kind, n.slot) = (k.target_ref, k.kind, k.slot)
      where k.target_ref is not null or n.is_set
    ),
    -- Of several, earlier versions said only that there was one more, or one less.
    unmarked as (
      select t.target_ref, t.kind, sum(case when t.is_set then 1 else -1 end) as n from told t
      where t.kind in ('passkey', 'linked sign-in')
        and (t.slot is null or not t.is_set and not exists (
          select from told a
          where (a.target_ref, a.kind, a.slot, a.is_set) = (t.target_ref, t.kind, t.slot, true)))
      group by t.target_ref, t.kind
    ), odd as (
      select b.*, row_number() over (partition by target_ref, kind, is_kept order by event_id) as n
      from beside b where what is not null
    )
    (select o.what, coalesce(o.event_id, r.event_id) as event, o.kind || ' of ' || o.target_ref as subject
    from odd o
    left join reset r on r.target_ref = o.target_ref
    left join unmarked u on (u.target_ref, u.kind) = (o.target_ref, o.kind)
    where not o.is_kept or o.n > coalesce(u.n, 0)
    order by 3, 1, 2 limit ${MOST_NAMED})
    union all (${usedAgain(sql)})`;
}

// What there is, in the terms of the events. See credential-marks.ts for what is hashed.
const keptRows = (sql: Snapshot) => sql`
  select 'operator:' || k.operator_id as target_ref, k.kind, left(encode(sha256(
      convert_to(k.text, 'UTF8')), 'hex'), 32) as mark,
    case when k.kind = 'passkey' then left(encode(sha256(convert_to(k.text, 'UTF8')), 'hex'), 32)
      else '' end as slot
  from (
    select operator_id, 'password' as kind, hash as text from public.operator_password
    union all select operator_id, 'passkey', id || ' ' || public_key from public.passkey
    union all select operator_id, 'secret of codes', sealed from public.code_secret
    union all select operator_id, 'recovery codes', string_agg(hash, ' ' order by hash collate "C")
      from public.recovery_code group by operator_id
  ) k
  union all
  select 'operator:' || i.operator_id, 'linked sign-in', i.issuer || ' ' || i.subject,
    i.issuer || ' ' || i.subject
  from public.operator_identity i`;

// Each use of a recovery code began a session, or proved somebody at a terminal.
const usedAgain = (sql: Snapshot) => sql`
  select 'it used up a recovery code that is good again:', u.event, 'recovery codes of ' || u.target_ref
  from (
    select s.target_ref, max(s.event_id::text)::uuid as event, count(*) as uses from said s
    join newest n on n.target_ref = s.target_ref and n.kind = 'recovery codes'
      and s.event_id > n.event_id
    where s.fields->>'by' = 'recovery_code' group by s.target_ref
  ) u
  join (
    select 'operator:' || operator_id as target_ref, count(used_at) as uses
    from public.recovery_code group by operator_id
  ) k on k.target_ref = u.target_ref and k.uses < u.uses
  order by 3 limit ${MOST_NAMED}`;
