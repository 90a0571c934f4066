create schema audit authorization audit_owner;
set local role audit_owner;

grant usage on schema audit to rostrum_app, audit_sequencer, audit_eraser;

-- What happened, in references only. Months are ranges of event_id, whose first 48 bits are the
-- time in milliseconds (RFC 9562, version 7). No check constraints on what audit.append alone
-- writes and has checked: PostgreSQL would read each from the catalog again at every insert.
create table audit.event (
  event_id uuid primary key,
  recorded_at timestamptz not null,
  occurred_at timestamptz not null,
  action text not null,
  action_version smallint not null,
  outcome text not null,
  actor_ref text not null,
  target_type text,
  target_ref text,
  room_ref text,
  case_ref text,
  correlation_id uuid,
  parent_id uuid,
  reverses_id uuid,
  leaf bytea not null,
  leaf_hash bytea not null
) partition by range (event_id);

create index event_target on audit.event (target_ref, event_id);
create index event_room on audit.event (room_ref, event_id);
create index event_actor on audit.event (actor_ref, event_id);

-- The fields that are not public, each tied to one data subject.
create table audit.disclosure (
  event_id uuid not null,
  name text not null,
  salt bytea,
  value text,
  subject_ref text,
  erased_at timestamptz,
  primary key (event_id, name)
);

-- What the sequencer still has to take, and which transaction wrote it.
create table audit.outbox (
  event_id uuid primary key,
  leaf_hash bytea not null,
  xid xid8 not null default pg_current_xact_id()
);

create function audit.refuse_change() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'outbox' and tg_op = 'DELETE' and current_user = 'audit_sequencer' then
    return null;
  end if;
  raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end
$$;

-- Statement triggers are not inherited by partitions, so each table is given its own.
create function audit.make_append_only(kept regclass) returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    'create trigger append_only before update or delete or truncate on %s
       for each statement execute function audit.refuse_change()', kept);
  execute format('alter table %s enable always trigger append_only', kept);
end
$$;

-- Lowest version 7 UUID of a moment. Stable, as extract is: PostgreSQL would not inline it otherwise.
create function audit.first_uuid_v7(at timestamptz) returns uuid
  language sql stable strict parallel safe as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of this month and of as many following ones; returns how many were missing.
-- A month whose first events already went to event_default stays there.
create function audit.ensure_partitions(months int) returns int
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
  starts timestamp;
  partition text;
  lowest uuid;
  beyond uuid;
  made int := 0;
begin
  if months is null or months not between 0 and 120 then
    raise exception 'months must be 0..120' using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtext('audit.ensure_partitions'));
  for ahead in 0 .. months loop
    starts := this_month + make_interval(months => ahead);
    partition := 'event_' || to_char(starts, 'YYYY_MM');
    continue when to_regclass('audit.' || partition) is not null;
    lowest := audit.first_uuid_v7(starts at time zone 'UTC');
    beyond := audit.first_uuid_v7((starts + interval '1 month') at time zone 'UTC');
    continue when exists (
      select from audit.event_default where event_id >= lowest and event_id < beyond);
    execute format('create table audit.%I partition of audit.event for values from (%L) to (%L)',
      partition, lowest, beyond);
    perform audit.make_append_only(format('audit.%I', partition)::regclass);
    made := made + 1;
  end loop;
  return made;
end
$$;

-- An event outside every month made so far must still be kept.
create table audit.event_default partition of audit.event default;

revoke all on all functions in schema audit from public;
grant execute on function audit.ensure_partitions(int) to rostrum_app;

select audit.make_append_only(kept::regclass)
from unnest(array['audit.event', 'audit.event_default', 'audit.disclosure', 'audit.outbox']) kept;
select audit.ensure_partitions(3);

grant select on audit.event to rostrum_app;
grant select (event_id, leaf_hash), delete on audit.outbox to audit_sequencer;
grant select (event_id, leaf, leaf_hash) on audit.event to audit_sequencer;

reset role;
