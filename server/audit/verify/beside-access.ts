import type { Faulty } from './beside-log.ts';
import { MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

/** A row that does not fit, and how. */
export interface AccessFault extends Faulty {
  what: string;
}

/**
 * Finds sessions, sign-in links, platform keys, webhooks and saved views that are not as the events about
 * them say.
 * What events of earlier versions don't say is not compared.
 * @param unfounded events to leave out
 */
export async function findAccessFaults(
  sql: Snapshot,
  unfounded: readonly string[],
): Promise<AccessFault[]> {
  // One look at all events, however many kinds of rows are compared.
  return sql<AccessFault[]>`
    with said as materialized (
      select e.event_id, e.action, e.actor_ref, e.target_ref, e.room_ref, e.recorded_at,
        replace(e.correlation_id::text, '-', '') as session,
        (select d.value::jsonb from audit.disclosure d
          where d.event_id = e.event_id and d.name = 'after') as after
      from audit.event e
      where e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
        and e.action in ('session.started', 'session.ended',
        'session.proven', 'operator.disabled', 'credential.reset', 'platform_key.made',
        'platform_key.rotated', 'platform_key.revoked', 'webhook.made', 'webhook.secret_rotated',
        'webhook.disabled', 'webhook.enabled', 'webhook.deleted', 'saved_view.made',
        'saved_view.deleted', 'sign_in_link.created')
    ), about as materialized (
      select * from said where not starts_with(action, 'session.')
    )
    ${sessionFaults(sql)} union all ${linkFaults(sql)} union all ${keyFaults(sql)}
      union all ${endpointFaults(sql)} union all ${viewFaults(sql)}
    order by 1, 2, 3`;
}

// Events speak of a session by half of its token's hash; earlier ones not at all, but at its time.
const sessionFaults = (sql: Snapshot) => sql`
  (select case
      when b.event_id is null then 'no event says that it was started, by them and there:'
      when coalesce(e.event, x.event) is not null then 'it ended, but goes on:'
      when b.after->>'strength' <> s.strength then 'it was started on other proof than is kept of'
      else 'no event says that its holder proved who they are as late as is kept of' end as what,
    coalesce(e.event, x.event, b.event_id::text)::uuid as event, 'session ' || s.session as subject
  from (
    select s.*, left(s.token_hash, 32) as session, coalesce(m.name = '' and m.handle = '', false) as erased,
      coalesce('operator:' || s.operator_id, 'member:' || m.ref) as ref
    from public.session s left join public.member m on m.id = s.member_id
  ) s
  left join (
    select distinct on (session) * from said where action = 'session.started' order by session, event_id
  ) b on b.session = s.session and (b.target_ref = s.ref or s.erased)
    and b.room_ref is not distinct from s.room_id
  left join (
    select session, max(recorded_at) as at from said
    where action in ('session.started', 'session.proven') group by session
  ) p on p.session = s.session
  left join (
    select session, max(event_id::text) as event from said where action = 'session.ended'
    group by session
  ) e on e.session = s.session and s.ended_at is null and s.expires_at > now()
  left join (
    select target_ref, max(event_id::text) as event, max(recorded_at) as at from about
    where action in ('operator.disabled', 'credential.reset') group by target_ref
  ) x on x.target_ref = s.ref and x.at > s.created_at and s.ended_at is null and s.expires_at > now()
  where e.session is not null or x.target_ref is not null or b.after->>'strength' <> s.strength
    or s.proven_at > p.at + interval '1 second'
    or (b.event_id is null and not s.erased and not exists (
      select from said o
      where o.action = 'session.started' and o.session is null and o.target_ref = s.ref
        and o.recorded_at between s.created_at - interval '1 minute'
          and s.created_at + interval '1 minute'))
  order by 3 limit ${MOST_NAMED})`;

// Only those that can still be used: what others opened has events of its own.
const linkFaults = (sql: Snapshot) => sql`
  (select case
      when m.event_id is null then 'no event says that it was made, for them and there:'
      when x.event is not null then 'it took back what still opens:'
      else 'it was made to open something else, or until another time:' end,
    coalesce(x.event, m.event_id::text)::uuid, 'sign-in link ' || l.link
  from (
    select l.*, left(l.token_hash, 32) as link,
      coalesce('operator:' || l.operator_id, 'member:' || m.ref) as ref
    from public.sign_in_link l left join public.member m on m.id = l.member_id
    where l.used_at is null and l.expires_at > now()
      and not coalesce(m.name = '' and m.handle = '', false)
  ) l
  left join about m on m.action = 'sign_in_link.created' and m.session = l.link
    and m.target_ref = l.ref and m.room_ref is not distinct from l.room_id
  left join (
    select target_ref, max(event_id::text) as event from about
    where action = 'credential.reset' group by target_ref
  ) x on x.target_ref = l.ref and x.event > m.event_id::text
  where x.event is not null
    or (l.purpose, to_char(l.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      is distinct from (m.after->>'opens', m.after->>'valid_until')
    and not (m.event_id is null and exists (
      -- Events of earlier versions don't name their link.
      select from about o
      where o.action = 'sign_in_link.created' and o.session is null and o.target_ref = l.ref))
  order by 3 limit ${MOST_NAMED})`;

const keyFaults = (sql: Snapshot) => sql`
  (select case when m.event_id is null then 'no event says that it was made:'
      else 'the events say otherwise what it may, until when, or whose it is:' end,
    coalesce(r.event_id, u.event_id, m.event_id), 'platform:' || k.id
  from public.platform_key k
  left join about m on m.action = 'platform_key.made' and m.target_ref = 'platform:' || k.id
  left join lateral (
    select u.event_id, u.after from about u
    where u.action = 'platform_key.rotated' and u.target_ref = 'platform:' || k.id
    order by u.event_id desc limit 1) u on true
  left join lateral (
    select r.event_id from about r
    where r.action = 'platform_key.revoked' and r.target_ref = 'platform:' || k.id
    limit 1) r on true
  where m.event_id is null
    or (k.name, to_jsonb(k.scopes), to_jsonb(k.calls_per_minute), k.created_by)
      is distinct from (m.after->>'name', m.after->'scopes',
        nullif(m.after->'calls_per_minute', 'null'), m.actor_ref)
    or to_char(k.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      is distinct from coalesce(u.after, m.after)->>'valid_until'
    or k.replaced_by is distinct from u.after->>'replaced_by'
    or (k.revoked_at is null) <> (r.event_id is null)
    or m.after->>'secret' <> ${fingerprint(sql, 'secret_hash')}
  order by 2 limit ${MOST_NAMED})
  union all
  (select 'it made a key that is gone:', m.event_id, m.target_ref from about m
  -- Those of the configuration have no row here, and their events no name.
  where m.action = 'platform_key.made' and (m.after ? 'name') is distinct from false
    and not exists (select from public.platform_key k where 'platform:' || k.id = m.target_ref)
  order by 2 limit ${MOST_NAMED})`;

const endpointFaults = (sql: Snapshot) => sql`
  (select case when m.event_id is null then 'no event says that it was made:'
      else 'the events say otherwise where it leads, for what, or whether it is sent anything:' end,
    coalesce(n.event_id, m.event_id), 'webhook:' || k.id
  from public.webhook_endpoint k
  left join about m on m.action = 'webhook.made' and m.target_ref = 'webhook:' || k.id
  left join lateral (
    select n.event_id, n.action from about n
    where n.action in ('webhook.disabled', 'webhook.enabled', 'webhook.deleted')
      and n.target_ref = 'webhook:' || k.id
    order by n.event_id desc limit 1) n on true
  left join lateral (
    select s.after->>'secret' as secret from about s
    where s.action in ('webhook.made', 'webhook.secret_rotated')
      and s.target_ref = 'webhook:' || k.id
    order by s.event_id desc limit 1) s on true
  where m.event_id is null
    or (k.name, k.url, to_jsonb(k.types), k.created_by)
      is distinct from (m.after->>'name', m.after->>'url', m.after->'types', m.actor_ref)
    or (k.deleted_at is not null) <> coalesce(n.action = 'webhook.deleted', false)
    or (k.disabled_at is not null)
      <> coalesce(n.action in ('webhook.disabled', 'webhook.deleted'), false)
    or (k.deleted_at is null and s.secret <> ${fingerprint(sql, 'secret')})
  order by 2 limit ${MOST_NAMED})
  union all
  (select 'it made a webhook that is gone:', m.event_id, m.target_ref from about m
  where m.action = 'webhook.made'
    and not exists (select from public.webhook_endpoint k where 'webhook:' || k.id = m.target_ref)
  order by 2 limit ${MOST_NAMED})`;

const viewFaults = (sql: Snapshot) => sql`
  (select case when m.event_id is null then 'no event says that it was made:'
      when v.id is null then 'it made a view that is gone:'
      else 'it made it otherwise than it is now:' end,
    m.event_id, coalesce('saved_view:' || v.id, m.target_ref)
  from public.saved_view v
  full join (
    select * from about m
    where m.action = 'saved_view.made' and not exists (
      select from about d where d.action = 'saved_view.deleted' and d.target_ref = m.target_ref)
  ) m on m.target_ref = 'saved_view:' || v.id
  where m.event_id is null or v.id is null
    or (m.after is not null and (v.name, v.search, to_jsonb(v.is_team), 'operator:' || v.operator_id)
      is distinct from (m.after->>'name', m.after->>'search', m.after->'isTeam', m.actor_ref))
  order by 2 limit ${MOST_NAMED})`;

/** Half of the hash of what is kept of a secret, in hex: see secret-fingerprint.ts. */
function fingerprint(sql: Snapshot, column: string) {
  return sql`left(encode(sha256(convert_to(k.${sql(column)}, 'UTF8')), 'hex'), 32)`;
}
