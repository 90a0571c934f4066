set local role audit_owner;

-- As before (0106), with statements of their own for one event, which is what most acts append: setting
-- up the joins of the statement for many took longer than writing what it writes.
create or replace function audit.append(events jsonb) returns table (ordinal int, event_id uuid)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  now_us constant timestamptz := clock_timestamp();
  now_ms constant timestamptz := date_trunc('milliseconds', now_us);
  one jsonb;
  own_id uuid;
  own_flaw text;
  own_digests bytea;
  own_leaf bytea;
  own_hash bytea;
begin
  if jsonb_typeof(events) is distinct from 'array' then
    raise exception 'audit.append takes an array of 1..10000 events'
      using errcode = 'invalid_parameter_value';
  end if;
  if jsonb_array_length(events) not between 1 and 10000 or pg_column_size(events) > 64 << 20 then
    raise exception 'audit.append takes an array of 1..10000 events, 64 MiB in all'
      using errcode = 'invalid_parameter_value';
  end if;

  if jsonb_array_length(events) = 1 then
    one := events->0;
    own_id := audit.uuid_v7(now_us);
    own_flaw := case when one->>'action' = 'member.erased' then 'has the action of an erasure'
      else audit.flaw_of_event(one, 0) end;
    if own_flaw is null then
      -- A first event has no parent: nothing comes before it.
      with field as materialized (
        select f.*, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
        from (
          select 'event' as name, (one - array['fields', 'parent'])::text as value,
            null as subject, null as flaw
          union all
          select f->>'name', (f->'value')::text, f->>'subject', audit.flaw_of_field(f)
          from jsonb_array_elements(nullif(one->'fields', 'null')) f
        ) f
      ), disclosed as (
        insert into audit.disclosure (event_id, name, salt, value, subject_ref)
        select own_id, name, salt, value, subject from field where flaw is null
      )
      select min(flaw), string_agg(digest, ''::bytea order by digest) into own_flaw, own_digests
      from (
        select case when flaw is not null then concat(flaw, ': ' || left(name, 64)) end as flaw,
          audit.field_digest(salt, name, value) as digest
        from field
      ) f;
    end if;
    if own_flaw is not null then
      raise exception 'audit.append: event 0 %', own_flaw using errcode = 'invalid_parameter_value';
    end if;
    own_leaf := audit.leaf(sha256('rostrum/v1/body\000'::bytea || own_digests), own_id, now_ms);
    own_hash := sha256('\x00'::bytea || own_leaf);
    insert into audit.event
    values (own_id, now_ms, to_timestamp((one->'occurred_at')::float8 / 1000), one->>'action',
      coalesce((one->>'version')::int2, 1::int2), one->>'outcome', one->>'actor',
      one->>'target_type', one->>'target', one->>'room', one->>'case',
      (one->>'correlation')::uuid, null, (one->>'reverses')::uuid, own_leaf, own_hash);
    insert into audit.outbox (event_id, leaf_hash, target_ref, room_ref, accepted)
    values (own_id, own_hash, one->>'target', one->>'room', one->>'outcome' = 'accepted');
    ordinal := 0;
    event_id := own_id;
    return next;
    return;
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

reset role;
