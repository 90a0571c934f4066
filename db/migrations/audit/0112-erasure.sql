-- What else than the log speaks of a member by the pseudonym that their erasure replaces.
grant select, update (ref, handle, name, locale, prior_acts) on public.member to audit_owner;
grant select, update (member_ref) on public.participant to audit_owner;
grant select, update (reporter_ref, text) on public.report to audit_owner;
grant select, update (actor_ref, actor_name, input, member_id) on public.command to audit_owner;
grant select, update (by_ref, by_name, note, acknowledged_by_ref, acknowledged_by_name)
  on public.hand_over to audit_owner;
grant update (command_id) on public.enforcement, public.room_event to audit_owner;
set local role audit_owner;

-- A disclosure loses salt, value and subject when its person is erased, keeps its digest, and
-- changes in no other way, whoever tries.
create function audit.refuse_unless_erased() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_user = 'audit_owner' and old.erased_at is null and new.erased_at is not null
    and (new.event_id, new.name) = (old.event_id, old.name) and new.erased_by is not null
    and (new.salt, new.value, new.subject_ref) is not distinct from (null, null, null)
    and new.digest = audit.field_digest(old.salt, old.name, old.value)
  then
    return new;
  end if;
  raise exception 'audit.disclosure is append-only: % refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;
drop trigger append_only on audit.disclosure;
create trigger append_only before delete or truncate on audit.disclosure
  for each statement execute function audit.refuse_change();
create trigger only_erased before update on audit.disclosure
  for each row execute function audit.refuse_unless_erased();
alter table audit.disclosure enable always trigger append_only;
alter table audit.disclosure enable always trigger only_erased;

-- What one person asks for and another approves; the member by a pseudonym that leads nowhere
-- afterwards.
create table audit.erasure (
  erasure_id uuid primary key default audit.uuid_v7(),
  member_ref text not null,
  basis text not null,
  requested_at timestamptz not null default clock_timestamp(),
  requested_by text not null,
  requested_event uuid not null,
  approved_at timestamptz,
  approved_by text,
  erased_event uuid,
  fields int
);
create function audit.refuse_unless_approved() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_user = 'audit_owner' and old.approved_at is null and new.approved_at is not null
    and (old.erasure_id, old.member_ref, old.basis, old.requested_at, old.requested_by,
      old.requested_event) = (new.erasure_id, new.member_ref, new.basis, new.requested_at,
      new.requested_by, new.requested_event)
    and new.approved_by <> old.requested_by
  then
    return new;
  end if;
  raise exception 'audit.erasure is append-only: % refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;
create trigger only_approved before update on audit.erasure
  for each row execute function audit.refuse_unless_approved();
create trigger append_only before delete or truncate on audit.erasure
  for each statement execute function audit.refuse_change();
alter table audit.erasure enable always trigger only_approved;
alter table audit.erasure enable always trigger append_only;

-- The leaf of an event of another kind than audit.append makes; see audit.leaf in 0003.
create function audit.leaf(commitment bytea, id uuid, at timestamptz, kind text) returns bytea
  language sql stable parallel safe as $$
  select convert_to('{"c":"' || encode(commitment, 'hex') || '","id":"' || id::text
    || '","k":"' || kind || '","t":"' || audit.iso(at) || '","v":1}', 'UTF8')
$$;

-- Writes the one event whose leaf is of the kind "erasure"; for audit.erase_subject alone.
create function audit.append_erasure(id uuid, at timestamptz, actor text, target text,
    request uuid, fields jsonb) returns void
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  now_ms constant timestamptz := date_trunc('milliseconds', at);
  header constant text := jsonb_build_object('action', 'member.erased', 'outcome', 'accepted',
    'occurred_at', floor(extract(epoch from now_ms) * 1000)::int8, 'actor', actor,
    'target_type', 'member', 'target', target, 'parent', request)::text;
  leaf bytea;
begin
  with field as materialized (
    select f.name, f.value, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from (
      select 'event' as name, header as value
      union all
      select j.key, j.value::text from jsonb_each(fields) j
    ) f
  ), disclosed as (
    insert into audit.disclosure (event_id, name, salt, value) select id, f.name, f.salt, f.value
    from field f
  )
  select audit.leaf(sha256('rostrum/v1/body\000'::bytea
      || string_agg(d.digest, ''::bytea order by d.digest)), id, now_ms, 'erasure') into leaf
  from (select audit.field_digest(f.salt, f.name, f.value) as digest from field f) d;
  insert into audit.event (event_id, recorded_at, occurred_at, action, action_version, outcome,
    actor_ref, target_type, target_ref, parent_id, leaf, leaf_hash)
  values (id, now_ms, now_ms, 'member.erased', 1, 'accepted', actor, 'member', target, request,
    leaf, sha256('\x00'::bytea || leaf));
  insert into audit.outbox (event_id, leaf_hash, target_ref)
  values (id, sha256('\x00'::bytea || leaf), target);
end
$$;

-- Whether this transaction erases somebody. What audit.append writes never passes for it.
create function audit.is_erasing() returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from audit.outbox o join audit.event e on e.event_id = o.event_id
    where o.xid = pg_current_xact_id_if_assigned() and e.action = 'member.erased'
      and convert_from(e.leaf, 'UTF8')::jsonb->>'k' = 'erasure')
$$;

-- Asks for a member's erasure. Operators who are lead or admin may. Writes `erasure.requested`.
-- basis: why the law asks for it, 1..500 characters.
-- Errors: invalid_parameter_value (22023) or insufficient_privilege (42501), whose detail is one of
-- forbidden, invalid, member_not_found.
create function audit.request_erasure(member text, basis text, operator text) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  pseudonym text;
  written uuid;
  made uuid;
begin
  if not audit.has_role(operator, '{lead,admin}') then
    raise exception 'only leads and admins ask for an erasure'
      using errcode = 'insufficient_privilege', detail = 'forbidden';
  end if;
  if basis is null or length(basis) > 500 or basis !~ '\S' then
    raise exception 'a basis has 1..500 characters'
      using errcode = 'invalid_parameter_value', detail = 'invalid';
  end if;
  select 'member:' || m.ref into pseudonym from public.member m where m.id = member;
  if pseudonym is null then
    raise exception 'there is no such member'
      using errcode = 'invalid_parameter_value', detail = 'member_not_found';
  end if;
  select a.event_id into written from audit.append(jsonb_build_array(jsonb_build_object(
    'action', 'erasure.requested', 'outcome', 'accepted', 'actor', operator,
    'occurred_at', floor(extract(epoch from clock_timestamp()) * 1000),
    'target_type', 'member', 'target', pseudonym,
    'fields', jsonb_build_array(jsonb_build_object('name', 'basis', 'value', basis))))) a;
  insert into audit.erasure (member_ref, basis, requested_by, requested_event)
  values (pseudonym, basis, operator, written) returning erasure_id into made;
  return made;
end
$$;

-- Erases the member whom a request names, approved by somebody else than who asked. Every field
-- about them is reduced to its digest, and its words can't be searched for any more; their name, handle
-- and language go, and what they wrote in reports and hand-overs; they get another pseudonym, and nothing
-- but the log keeps the old one, so that the log doesn't lead to them any more. Their place in the invite
-- tree stays. Writes `member.erased`.
-- Returns how it ended: erased, already (nothing was done now), or a refusal: not_found, forbidden,
-- same_person (which is put on the record), held (an open report is about them or by them),
-- in_live_room; and the event and number of fields of the erasure.
create function audit.erase_subject(request uuid, approver text)
  returns table (ended text, erased_event uuid, fields int)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  asked audit.erasure;
  person public.member;
  old_ref text;
  now_us constant timestamptz := clock_timestamp();
  id constant uuid := audit.uuid_v7(now_us);
  erased_events uuid[];
begin
  select * into asked from audit.erasure r where r.erasure_id = request for update;
  old_ref := asked.member_ref;
  ended := case
    when asked.erasure_id is null then 'not_found'
    when not audit.has_role(approver, '{lead,admin}') then 'forbidden'
    when asked.approved_at is not null then 'already'
    when asked.requested_by = approver then 'same_person'
  end;
  if ended = 'already' then
    erased_event := asked.erased_event;
    fields := asked.fields;
  elsif ended = 'same_person' then
    perform audit.append(jsonb_build_array(jsonb_build_object(
      'action', 'erasure.approved', 'outcome', 'refused', 'actor', approver,
      'occurred_at', floor(extract(epoch from clock_timestamp()) * 1000),
      'target_type', 'member', 'target', old_ref, 'fields', jsonb_build_array(
        jsonb_build_object('name', 'refusal', 'value', ended)))));
  end if;
  if ended is not null then
    return next;
    return;
  end if;

  select * into person from public.member m where m.ref = substr(old_ref, 8)::uuid for update;
  ended := case
    when person.id is null then 'not_found'
    when exists (
      select from public.report r
      where r.closed_at is null and (r.subject_id = person.id or r.reporter_ref = old_ref))
      then 'held'
    when exists (
      select from public.participant p join public.room r on r.id = p.room_id
      where p.member_id = person.id and r.status = 'live') then 'in_live_room'
  end;
  if ended is not null then
    return next;
    return;
  end if;

  -- Whoever is listing these events now must have ended: they would list what is erased here.
  perform pg_advisory_xact_lock(hashtext('audit.list_new'));
  with gone as (
    update audit.disclosure d set digest = audit.field_digest(d.salt, d.name, d.value),
      salt = null, value = null, subject_ref = null, erased_at = now_us, erased_by = id
    where d.subject_ref = old_ref
    returning d.event_id
  )
  select array_agg(distinct g.event_id), count(*) into erased_events, fields from gone g;
  with known as materialized (
    select l.event_id, l.words as said, audit.words_about(l.event_id, l.action) as words
    from audit.listing l where l.event_id = any (erased_events) and l.words <> '{}'
  ), listed as (
    update audit.listing l set words = k.words from known k where l.event_id = k.event_id
  ), lost as materialized (
    select said.word, count(*) as events from known k cross join lateral unnest(k.said) said(word)
    where said.word <> all (k.words) group by said.word
  ), fewer as (
    update audit.word w set events = w.events - l.events from lost l
    where w.word = l.word and w.events > l.events
  )
  delete from audit.word w using lost l where w.word = l.word and w.events <= l.events;

  erased_event := id;
  perform audit.append_erasure(id, now_us, approver, old_ref, asked.requested_event,
    jsonb_build_object('count', fields, 'basis', asked.basis, 'requested_by', asked.requested_by));

  update public.member m set ref = gen_random_uuid(), handle = '', name = '', locale = 'und',
    prior_acts = 0
  where m.id = person.id returning m.ref into person.ref;
  update public.participant p set member_ref = person.ref where p.member_id = person.id;
  update public.report r set reporter_ref = 'erased', text = '' where r.reporter_ref = old_ref;
  update public.report r set text = '' where r.subject_id = person.id and r.text <> '';
  -- Rows that lead from the member's id to an event of the log, which has the old pseudonym.
  update public.enforcement t set command_id = null
  where t.member_id = person.id and t.command_id is not null;
  update public.room_event t set command_id = null
  where t.command_id is not null and t.body->>'member' = person.id;
  update public.command c set member_id = null, input = '{}' where c.member_id = person.id;
  -- Why they acted on somebody is about that person; the rest of what they wrote is theirs.
  update public.command c set actor_ref = 'erased', actor_name = '',
    input = case when c.member_id is null or c.name = 'report' then '{}' else c.input end
  where c.actor_ref = old_ref;
  update public.hand_over h set by_ref = 'erased', by_name = '', note = '' where h.by_ref = old_ref;
  update public.hand_over h set acknowledged_by_ref = 'erased', acknowledged_by_name = ''
  where h.acknowledged_by_ref = old_ref;

  update audit.erasure r set approved_at = now_us, approved_by = approver, erased_event = id,
    fields = erase_subject.fields
  where r.erasure_id = request;
  ended := 'erased';
  return next;
end
$$;

-- As before (0109, 0100), and an erasure is one event for all that it changes: one that named the
-- member's new pseudonym, or their rooms and reports, would undo it.
create or replace function audit.require_participant_event() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  -- A speaker who leaves gives up the stage without anybody having acted.
  if tg_op = 'UPDATE'
    and (old.mute_rank, old.removal_rank, old.member_ref, old.removed_at, old.removed_until)
      is not distinct from
      (new.mute_rank, new.removal_rank, new.member_ref, new.removed_at, new.removed_until)
    and (old.role = new.role
      or (old.role = 'speaker' and new.role = 'listener' and new.presence = 'gone'))
  then
    return null;
  end if;
  if not exists (
    select from audit.outbox o
    where o.xid = pg_current_xact_id_if_assigned() and o.target_ref = 'member:' || new.member_ref
      and o.room_ref = new.room_id and o.accepted)
    and not (tg_op = 'UPDATE' and audit.is_erasing())
  then
    raise exception '% of participant without an audit event about member:% in the same transaction',
      lower(tg_op), new.member_ref
      using errcode = 'integrity_constraint_violation', table = 'participant';
  end if;
  return null;
end
$$;

create or replace function audit.require_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed record;
  target text;
  room text;
  proven boolean;
begin
  if tg_op = 'DELETE' then
    changed := old;
  else
    changed := new;
  end if;
  if tg_table_name = 'participant' then
    target := 'member:' || changed.member_ref;
    room := changed.room_id;
  elsif tg_table_name in ('room', 'operator', 'report', 'hand_over') then
    target := tg_table_name || ':' || changed.id;
  elsif tg_table_name in ('session', 'sign_in_link') then
    if changed.operator_id is not null then
      target := 'operator:' || changed.operator_id;
    else
      select 'member:' || m.ref into target from public.member m where m.id = changed.member_id;
    end if;
  elsif tg_table_name = 'command' then
    target := 'event ' || changed.audit_event_id;
    proven := exists (
      select from audit.outbox o
      where o.event_id = changed.audit_event_id and o.xid = pg_current_xact_id_if_assigned());
  else
    raise exception 'audit.require_event does not know table %', tg_table_name;
  end if;
  if not coalesce(proven, audit.has_event(target, room), false)
    and not (tg_op = 'UPDATE' and tg_table_name in ('report', 'hand_over') and audit.is_erasing())
  then
    raise exception '% of % without an audit event about % in the same transaction',
      lower(tg_op), tg_table_name, coalesce(target, 'anyone')
      using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;

-- Requests for an erasure, newest first, the last 200.
create function audit.list_erasures()
  returns table (erasure_id uuid, member_ref text, basis text, requested_at timestamptz,
    requested_by text, approved_at timestamptz, approved_by text, fields int)
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select r.erasure_id, r.member_ref, r.basis, r.requested_at, r.requested_by, r.approved_at,
    r.approved_by, r.fields
  from audit.erasure r order by r.erasure_id desc limit 200
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.request_erasure(text, text, text), audit.erase_subject(uuid, text),
  audit.list_erasures() to audit_eraser;

reset role;
