set local role audit_owner;

-- What the guards look for, in the one table that holds only what is new.
alter table audit.outbox
  add column target_ref text,
  add column room_ref text,
  add column accepted boolean not null default true;
create index outbox_target on audit.outbox (xid, target_ref);

-- Ends a statement from within. Volatile, so that it isn't called ahead of time.
create function audit.refuse(message text) returns uuid
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '%', message using errcode = 'invalid_parameter_value';
end
$$;

-- As before (0003), all events in one statement, which costs a crowd of them a third less. The field
-- 'event' is now the JSON text of what the caller said, without 'fields' and with a parent's id for
-- its ordinal: 'occurred_at' so is in milliseconds, and 'version' absent for 1. No caller may say that
-- somebody was erased: such an event is a leaf of another kind (0112).
create or replace function audit.append(events jsonb) returns table (ordinal int, event_id uuid)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  now_us constant timestamptz := clock_timestamp();
  now_ms constant timestamptz := date_trunc('milliseconds', now_us);
begin
  if jsonb_typeof(events) is distinct from 'array' then
    raise exception 'audit.append takes an array of 1..10000 events'
      using errcode = 'invalid_parameter_value';
  end if;
  if jsonb_array_length(events) not between 1 and 10000 or pg_column_size(events) > 64 << 20 then
    raise exception 'audit.append takes an array of 1..10000 events, 64 MiB in all'
      using errcode = 'invalid_parameter_value';
  end if;

  return query
  with asked as materialized (
    select n::int - 1 as n, e, audit.uuid_v7(now_us, n::int - 1) as id,
      case when e->>'action' = 'member.erased' then 'has the action of an erasure'
        else audit.flaw_of_event(e, n::int - 1) end as flaw
    from jsonb_array_elements(events) with ordinality as x(e, n)
  ), told as materialized (
    select n, id, e, parent, (case
        when parent is null then e - array['fields', 'parent']
        else jsonb_set(e - 'fields', '{parent}', to_jsonb(parent)) end)::text as header
    from (
      select a.n, a.id, a.e, case when jsonb_typeof(a.e->'parent') = 'number' then (
          select p.id from asked p where p.n = (a.e->'parent')::int limit 1) end as parent
      from asked a where a.flaw is null
    ) a
  ), field as materialized (
    select t.n, t.id, f.name, f.value, f.subject, f.flaw,
      uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from told t cross join lateral (
      select 'event' as name, t.header as value, null as subject, null as flaw
      union all
      select f->>'name', (f->'value')::text, f->>'subject', audit.flaw_of_field(f)
      from jsonb_array_elements(nullif(t.e->'fields', 'null')) f
    ) f
  ), disclosed as (
    insert into audit.disclosure (event_id, name, salt, value, subject_ref)
    select id, name, salt, value, subject from field where flaw is null
  ), leaf as materialized (
    select n, id, flaw, leaf, sha256('\x00'::bytea || leaf) as hash
    from (
      select n, id, min(flaw) as flaw, audit.leaf(
        sha256('rostrum/v1/body\000'::bytea || string_agg(digest, ''::bytea order by digest)),
        id, now_ms) as leaf
      from (
        select n, id,
          case when flaw is not null then concat(flaw, ': ' || left(name, 64)) end as flaw,
          audit.field_digest(salt, name, value) as digest
        from field
      ) f
      group by n, id
    ) l
  ), happened as (
    insert into audit.event
    select t.id, now_ms, to_timestamp((e->'occurred_at')::float8 / 1000), e->>'action',
      coalesce((e->>'version')::int2, 1::int2), e->>'outcome', e->>'actor', e->>'target_type',
      e->>'target', e->>'room', e->>'case', (e->>'correlation')::uuid, t.parent,
      (e->>'reverses')::uuid, l.leaf, l.hash
    from leaf l join told t on t.n = l.n
  ), queued as (
    insert into audit.outbox (event_id, leaf_hash, target_ref, room_ref, accepted)
    select l.id, l.hash, e->>'target', e->>'room', e->>'outcome' = 'accepted'
    from leaf l join told t on t.n = l.n
  )
  select a.n, case
      when a.flaw is not null then audit.refuse(format('audit.append: event %s %s', a.n, a.flaw))
      when l.flaw is not null then audit.refuse(format('audit.append: event %s %s', a.n, l.flaw))
      else a.id end
  from asked a left join leaf l on l.n = a.n;
end
$$;

revoke all on function audit.refuse(text) from public;

-- Whatever passes here is cast in the same statement and must not fail there with another error.
create or replace function audit.is_uuid(id text) returns boolean
  language sql immutable parallel safe as $$
  select id like '________-____-____-____-____________'
    and translate(lower(id), '0123456789abcdef', '') = '----'
$$;

reset role;
