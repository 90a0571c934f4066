grant select (id, roles, disabled_at) on public.operator to audit_owner;
set local role audit_owner;

-- What is left of an erased field: its digest, which the event's leaf still covers, and the event
-- that erased it.
alter table audit.disclosure add column digest bytea, add column erased_by uuid;

-- The fields of up to 1,000 events, as anyone who may read the log sees them. Sealed and erased ones
-- come without salt, value and subject, but with the digest that proves them to be part of the leaf.
create function audit.fields_of(events uuid[])
  returns table (event_id uuid, name text, value text, subject_ref text, sealed boolean,
    erased_at timestamptz, erased_by uuid, salt bytea, digest bytea)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if cardinality(events) > 1000 then
    raise exception 'audit.fields_of takes up to 1000 events' using errcode = 'invalid_parameter_value';
  end if;
  return query
  select d.event_id, d.name,
    case when not s.sealed then d.value end,
    case when not s.sealed then d.subject_ref end,
    s.sealed, d.erased_at, d.erased_by,
    case when not s.sealed then d.salt end,
    case when d.erased_at is not null then d.digest
      when s.sealed then audit.field_digest(d.salt, d.name, d.value) end
  from unnest(events) asked(id)
  join audit.event e on e.event_id = asked.id
  join audit.disclosure d on d.event_id = asked.id
  cross join lateral (select audit.is_sealed(e.action, d.name) as sealed) s
  order by d.event_id, d.name;
end
$$;

-- The log of reads: who asked to see what is sealed, why, and when it was shown. Of an event, the
-- subject is its target: whose field it is may be the very thing that is sealed.
create table audit.access (
  access_id uuid primary key default audit.uuid_v7(),
  at timestamptz not null default clock_timestamp(),
  actor_ref text not null,
  subject text,
  event_id uuid,
  fields text[] not null,
  purpose text not null,
  why text not null,
  case_ref text,
  xid xid8 not null default pg_current_xact_id(),
  released_at timestamptz
);

-- A ticket is used once, by audit.reveal, and changes in no other way.
create function audit.refuse_unless_released() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  before audit.access := old;
begin
  before.released_at := new.released_at;
  if current_user = 'audit_owner' and old.released_at is null and new.released_at is not null
    and before = new
  then
    return new;
  end if;
  raise exception 'audit.access is append-only: % refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;
create trigger only_released before update on audit.access
  for each row execute function audit.refuse_unless_released();
create trigger append_only before delete or truncate on audit.access
  for each statement execute function audit.refuse_change();
alter table audit.access enable always trigger only_released;
alter table audit.access enable always trigger append_only;

-- Whether a reference is an operator's who has one of these roles now.
create function audit.has_role(actor text, wanted text[]) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public.operator o
    where 'operator:' || o.id = has_role.actor and o.disabled_at is null
      and o.roles && has_role.wanted)
$$;

-- Asks to see sealed fields; on the record, twice, once this is committed. Leads and auditors only.
--
-- event: whose fields; or null, and subject says what else is asked for, such as an export.
-- why: 1..500 characters. Returns the ticket, for audit.reveal within 60 seconds.
-- Errors: insufficient_privilege (42501) or invalid_parameter_value (22023), whose detail is one of
-- forbidden, invalid, event_not_found, no_such_field, erased.
create function audit.request_access(
    actor text, subject text, event uuid, fields text[], purpose text, why text, case_ref text)
  returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  asked constant text[] := array(select distinct unnest(fields) order by 1);
  flaw text;
  action text;
  room text;
  ticket uuid;
begin
  if not audit.has_role(actor, '{lead,auditor}') then
    raise exception 'only leads and auditors see what is sealed'
      using errcode = 'insufficient_privilege', detail = 'forbidden';
  end if;
  if purpose is null or purpose not in ('case', 'appeal', 'legal', 'safety', 'audit')
    or why is null or length(why) > 500 or why !~ '\S' or not coalesce(audit.is_ref(case_ref), true)
    or cardinality(asked) not between 1 and 64
    or (event is null and audit.is_ref(subject) is not true)
  then
    raise exception 'access is asked for fields, for a purpose and in 1..500 characters'
      using errcode = 'invalid_parameter_value', detail = 'invalid';
  end if;
  if event is not null then
    select e.action, e.target_ref, e.room_ref into action, subject, room
    from audit.event e where e.event_id = event;
    flaw := case
      when action is null then 'event_not_found'
      when exists (
        select from unnest(asked) a(name)
        left join audit.disclosure d on d.event_id = event and d.name = a.name
        where d.name is null or not audit.is_sealed(action, a.name)) then 'no_such_field'
      when exists (
        select from audit.disclosure d
        where d.event_id = event and d.name = any (asked) and d.erased_at is not null) then 'erased'
    end;
    if flaw is not null then
      raise exception 'there is nothing of this kind to see'
        using errcode = 'invalid_parameter_value', detail = flaw;
    end if;
  end if;
  insert into audit.access (actor_ref, subject, event_id, fields, purpose, why, case_ref)
  values (actor, subject, event, asked, purpose, why, case_ref)
  returning access_id into ticket;
  perform audit.append(jsonb_build_array(jsonb_build_object(
    'action', 'disclosure.requested', 'outcome', 'accepted', 'actor', actor,
    'occurred_at', floor(extract(epoch from clock_timestamp()) * 1000),
    'target_type', case when event is null then 'disclosure' else 'event' end,
    'target', case when event is null then subject else 'event:' || event end,
    'room', room, 'case', case_ref, 'correlation', ticket,
    'fields', jsonb_build_array(
      jsonb_build_object('name', 'fields', 'value', to_jsonb(asked)),
      jsonb_build_object('name', 'purpose', 'value', purpose),
      jsonb_build_object('name', 'reason', 'value', why, 'subject', actor)))));
  return ticket;
end
$$;

-- Shows, once, what a ticket asked for. A ticket counts when another transaction wrote it and has
-- committed it, less than 60 seconds ago: a look that is rolled back afterwards stays on the record.
-- Errors: insufficient_privilege (42501), whose detail is one of forbidden, same_transaction,
-- expired, already_shown, erased.
create function audit.reveal(access uuid, actor text) returns table (name text, value text)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  ticket audit.access;
  flaw text;
begin
  select * into ticket from audit.access a where a.access_id = reveal.access for update;
  flaw := case
    when ticket.access_id is null or ticket.actor_ref <> reveal.actor
      or not audit.has_role(reveal.actor, '{lead,auditor}') then 'forbidden'
    when ticket.xid = pg_current_xact_id_if_assigned()
      or pg_xact_status(ticket.xid) is distinct from 'committed' then 'same_transaction'
    when ticket.released_at is not null then 'already_shown'
    when ticket.at < clock_timestamp() - interval '60 seconds' then 'expired'
    when exists (
      select from audit.disclosure d where d.event_id = ticket.event_id
        and d.name = any (ticket.fields) and d.erased_at is not null) then 'erased'
  end;
  if flaw is not null then
    raise exception 'nothing is shown for this ticket: %', flaw
      using errcode = 'insufficient_privilege', detail = flaw;
  end if;
  update audit.access a set released_at = clock_timestamp() where a.access_id = ticket.access_id;
  return query
  select d.name, d.value from audit.disclosure d
  where d.event_id = ticket.event_id and d.name = any (ticket.fields) order by d.name;
end
$$;

-- The log of reads, newest first, for leads and auditors; up to 200. filter: {actors?: [ref],
-- subjects?: [ref], event?: uuid, case?, purpose?, released?: boolean}; since and before: ids
-- between which to look, without these; all of them may be null.
create function audit.list_reads(reader text, filter jsonb, since uuid, before uuid, most int)
  returns table (access_id uuid, at timestamptz, actor_ref text, subject text, event_id uuid,
    action text, fields text[], purpose text, why text, case_ref text, released_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
  if not audit.has_role(reader, '{lead,auditor}') then
    raise exception 'only leads and auditors see who looked at what'
      using errcode = 'insufficient_privilege', detail = 'forbidden';
  end if;
  if most is null or most not between 1 and 200 then
    raise exception 'most must be 1..200' using errcode = 'invalid_parameter_value';
  end if;
  return query
  select a.access_id, a.at, a.actor_ref, a.subject, a.event_id,
    (select e.action from audit.event e where e.event_id = a.event_id),
    a.fields, a.purpose, a.why, a.case_ref, a.released_at
  from audit.access a
  where (since is null or a.access_id > since) and (before is null or a.access_id < before)
    and (filter->'actors' is null or filter->'actors' ? a.actor_ref)
    and (filter->'subjects' is null or filter->'subjects' ? a.subject)
    and (filter->>'event' is null or a.event_id = (filter->>'event')::uuid)
    and (filter->>'case' is null or a.case_ref = filter->>'case')
    and (filter->>'purpose' is null or a.purpose = filter->>'purpose')
    and (filter->>'released' is null
      or (a.released_at is not null) = (filter->>'released')::boolean)
  order by a.access_id desc limit most;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.fields_of(uuid[]),
  audit.request_access(text, text, uuid, text[], text, text, text), audit.reveal(uuid, text),
  audit.list_reads(text, jsonb, uuid, uuid, int) to rostrum_app;

reset role;
