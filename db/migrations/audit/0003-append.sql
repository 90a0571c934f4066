set local role audit_owner;

-- Version 7 UUID (RFC 9562): milliseconds; 12 bits of the rest of the microsecond clock; a counter
-- of 14 bits (0..16383), which keeps the ids of one call in order; 48 random bits.
create function audit.uuid_v7(at timestamptz default clock_timestamp(), counter int default 0)
  returns uuid language sql volatile parallel safe as $$
  select encode(
    int8send(((date_part('epoch', at) * 1000000)::int8 / 1000 << 16)
      | (7 << 12)
      | ((date_part('epoch', at) * 1000000)::int8 % 1000 * 4096 / 1000))
    || substr(int4send(32768 | counter), 3)
    || substr(uuid_send(gen_random_uuid()), 11),
    'hex')::uuid
$$;

-- RFC 3339 with three decimals, as JavaScript's toISOString writes it.
create function audit.iso(at timestamptz) returns text
  language sql immutable strict parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- What is wrong with one element of append's array; null when nothing is.
create function audit.flaw_of_event(e jsonb, ordinal int) returns text
  language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(e) <> 'object' then 'is not an object'
    when e - '{action,version,outcome,occurred_at,actor,target_type,target,room,case,correlation,parent,reverses,fields}'::text[] <> '{}'
      then 'has an unknown key: ' || (e - '{action,version,outcome,occurred_at,actor,target_type,target,room,case,correlation,parent,reverses,fields}'::text[])::text
    when (e->>'action' ~ '^[a-z_]+\.[a-z_]+$' and length(e->>'action') <= 64) is not true
      then 'has no action like object.verb_past'
    when coalesce(e->>'version', '1') !~ '^[1-9]$'
      then 'has a version outside 1..9'
    when coalesce(e->>'outcome', '') not in ('accepted', 'refused')
      then 'has an outcome other than accepted or refused'
    when jsonb_typeof(e->'occurred_at') is distinct from 'number'
      then 'has no occurred_at in milliseconds since 1970'
    when (e->'occurred_at')::float8 not between 0 and 253402300799999
      then 'has an occurred_at outside 1970..9999'
    when (e->>'actor' ~ '^[!-~]{1,200}$') is not true then 'has no actor of 1..200 printable characters'
    when e->>'target_type' !~ '^[a-z_]{1,64}$' then 'has a bad target_type'
    when e->>'target' !~ '^[!-~]{1,200}$' then 'has a target that is not 1..200 printable characters'
    when e->>'room' !~ '^[!-~]{1,200}$' then 'has a room that is not 1..200 printable characters'
    when e->>'case' !~ '^[!-~]{1,200}$' then 'has a case that is not 1..200 printable characters'
    when e->>'correlation' !~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then 'has a correlation that is not a UUID'
    when e->>'reverses' !~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then 'has a reverses that is not a UUID'
    when e->>'parent' !~ '^[0-9]{1,4}$' or (e->>'parent')::int >= ordinal
      then 'has a parent that is not the ordinal of an earlier event'
    when coalesce(jsonb_typeof(e->'fields'), 'array') not in ('array', 'null') then 'has fields that are not an array'
    when jsonb_typeof(e->'fields') = 'array' and jsonb_array_length(e->'fields') > 64
      then 'has more than 64 fields'
  end
$$;

-- The same for one of an event's fields.
create function audit.flaw_of_field(f jsonb) returns text
  language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(f) <> 'object' then 'has a field that is not an object'
    when f - '{name,value,subject}'::text[] <> '{}'
      then 'has a field with an unknown key: ' || (f - '{name,value,subject}'::text[])::text
    when (f->>'name' ~ '^[a-z][a-z0-9_.]{0,63}$' and f->>'name' <> 'event') is not true
      then 'has a field without a good name: ' || coalesce(left(f->>'name', 64), 'null')
    when not f ? 'value' then 'has a field without a value: ' || (f->>'name')
    when octet_length((f->'value')::text) > 65536 then 'has a field of more than 64 KiB: ' || (f->>'name')
    when f->>'subject' !~ '^[!-~]{1,200}$'
      then 'has a field whose subject is not 1..200 printable characters: ' || (f->>'name')
  end
$$;

-- Raises for the first element that is not as append's comment says.
create function audit.check_events(events jsonb) returns void
  language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  found_flaw text;
begin
  if jsonb_typeof(events) is distinct from 'array' or jsonb_array_length(events) not between 1 and 10000 then
    raise exception 'audit.append takes an array of 1..10000 events' using errcode = 'invalid_parameter_value';
  end if;
  select format('event %s %s', at.n - 1, at.flaw) into found_flaw
  from (
    select o.n, coalesce(
      audit.flaw_of_event(o.e, (o.n - 1)::int),
      (select audit.flaw_of_field(f) from jsonb_array_elements(nullif(o.e->'fields', 'null')) f
       where audit.flaw_of_field(f) is not null limit 1)) as flaw
    from jsonb_array_elements(events) with ordinality o(e, n)
  ) at
  where at.flaw is not null limit 1;
  if found_flaw is not null then
    raise exception 'audit.append: %', found_flaw using errcode = 'invalid_parameter_value';
  end if;
end
$$;

-- Writes events; the only way to. Ordinals count from 0, in the order of the array.
--
-- events: array of 1..10,000 of {action, outcome: 'accepted' | 'refused', occurred_at: ms since
-- 1970, actor, version?: 1..9, target_type?, target?, room?, case?, correlation?: uuid,
-- parent?: ordinal of an earlier event, reverses?: uuid,
-- fields?: [{name, value: any JSON, subject?: ref}]}. Null is the same as absent.
-- Errors: invalid_parameter_value (22023) names the first event that is wrong; nothing is written.
--
-- Hashing, where the format leaves a choice:
-- * A field's value bytes are its JSON text in UTF-8 as stored in disclosure.value; len(name) is
--   the number of bytes of the name, as 4 bytes, big-endian. A salt has 32 bytes of two version 4
--   UUIDs, 244 of its bits random.
-- * Digests are sorted as bytes and joined without separator. The commitment is lower-case hex.
-- * One more field, named 'event', is added to every event: the JSON text of its public columns.
--   So the commitment covers action, outcome, actor, target, room and links without showing them.
-- * Leaf: "k" is the kind of leaf, here always "event"; "t" is recorded_at, whole milliseconds,
--   as 2021-02-07T12:34:56.789Z. Keys are in order and nothing in it needs escaping, so the text
--   put together below is RFC 8785 form.
create function audit.append(events jsonb) returns table (ordinal int, event_id uuid)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  at constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  ids uuid[];
begin
  perform audit.check_events(events);
  ids := array(
    select audit.uuid_v7(clock.now, n)
    from (select clock_timestamp() as now) clock,
      generate_series(0, jsonb_array_length(events) - 1) n
    order by n);

  with event as materialized (
    select ids[o.n] as id, o.e,
      to_timestamp((o.e->'occurred_at')::float8 / 1000) as occurred_at,
      coalesce((o.e->>'version')::int2, 1::int2) as version,
      (o.e->>'correlation')::uuid as correlation_id,
      ids[(o.e->>'parent')::int + 1] as parent_id,
      (o.e->>'reverses')::uuid as reverses_id
    from jsonb_array_elements(events) with ordinality o(e, n)
  ),
  field as materialized (
    select event.id, f.name, f.value, f.subject,
      uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from event cross join lateral (
      select 'event' as name, null as subject, jsonb_strip_nulls(jsonb_build_object(
        'action', e->>'action', 'version', version, 'outcome', e->>'outcome',
        'occurred_at', audit.iso(occurred_at), 'actor', e->>'actor',
        'target_type', e->>'target_type', 'target', e->>'target', 'room', e->>'room',
        'case', e->>'case', 'correlation', correlation_id, 'parent', parent_id,
        'reverses', reverses_id))::text as value
      union all
      select f->>'name', f->>'subject', (f->'value')::text
      from jsonb_array_elements(nullif(e->'fields', 'null')) f
    ) f
  ),
  disclosed as (
    insert into audit.disclosure (event_id, name, salt, value, subject_ref)
    select id, name, salt, value, subject from field
  ),
  commitment as (
    select id, sha256('rostrum/v1/body\000'::bytea || string_agg(digest, ''::bytea order by digest)) as bytes
    from (
      select id, sha256('rostrum/v1/field\000'::bytea || salt || int4send(octet_length(name))
        || convert_to(name, 'UTF8') || convert_to(value, 'UTF8')) as digest
      from field
    ) digested
    group by id
  ),
  leaf as materialized (
    select id, convert_to('{"c":"' || encode(bytes, 'hex') || '","id":"' || id::text
      || '","k":"event","t":"' || audit.iso(at) || '","v":1}', 'UTF8') as bytes
    from commitment
  ),
  written as (
    insert into audit.event (event_id, recorded_at, occurred_at, action, action_version, outcome,
      actor_ref, target_type, target_ref, room_ref, case_ref, correlation_id, parent_id, reverses_id,
      leaf, leaf_hash)
    select id, at, occurred_at, e->>'action', version, e->>'outcome', e->>'actor',
      e->>'target_type', e->>'target', e->>'room', e->>'case', correlation_id, parent_id,
      reverses_id, leaf.bytes, sha256('\x00'::bytea || leaf.bytes)
    from event join leaf using (id)
    order by id
  )
  insert into audit.outbox (event_id, leaf_hash)
  select id, sha256('\x00'::bytea || leaf.bytes) from leaf;

  return query select n - 1, ids[n] from generate_series(1, cardinality(ids)) n;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.append(jsonb) to rostrum_app;

reset role;
