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
  language sql stable parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Hashing, where the log's format leaves a choice:
-- * A field's value bytes are its JSON text in UTF-8 as stored in disclosure.value; len(name) is
--   the number of bytes of the name, as 4 bytes, big-endian. A salt is two version 4 UUIDs:
--   32 bytes, 244 bits of them random.
-- * Digests are sorted as bytes and joined without separator.
-- * One more field, named 'event', is added to every event: the JSON text of its public columns.
--   So the commitment covers action, outcome, actor, target, room and links without showing them.
-- * Leaf: "c" is lower-case hex; "k" is the kind of leaf, here always "event"; "t" is recorded_at,
--   whole milliseconds, as 2021-02-07T12:34:56.789Z. The keys are in order and nothing needs
--   escaping, so the text is RFC 8785 form.
create function audit.field_digest(salt bytea, name text, value text) returns bytea
  language sql stable parallel safe as $$
  select sha256('rostrum/v1/field\000'::bytea || salt || int4send(octet_length(name))
    || convert_to(name, 'UTF8') || convert_to(value, 'UTF8'))
$$;

create function audit.commitment(digests bytea[]) returns bytea
  language sql immutable parallel safe as $$
  select sha256('rostrum/v1/body\000'::bytea || string_agg(digest, ''::bytea order by digest))
  from unnest(digests) digest
$$;

create function audit.leaf(commitment bytea, id uuid, at timestamptz) returns bytea
  language sql stable parallel safe as $$
  select convert_to('{"c":"' || encode(commitment, 'hex') || '","id":"' || id::text
    || '","k":"event","t":"' || audit.iso(at) || '","v":1}', 'UTF8')
$$;

-- Null for null, so that what is absent passes.
create function audit.is_ref(ref text) returns boolean
  language sql immutable parallel safe as $$
  select length(ref) <= 200 and ref ~ '^[!-~]+$'
$$;

create function audit.is_uuid(id text) returns boolean
  language sql immutable parallel safe as $$
  select length(id) = 36 and id ~ '^[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+-[0-9a-fA-F]+$'
$$;

-- Value of the field named 'event'; null columns are left out.
create function audit.header(e audit.event) returns text
  language sql stable parallel safe as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'action', e.action, 'version', e.action_version, 'outcome', e.outcome,
    'occurred_at', audit.iso(e.occurred_at), 'actor', e.actor_ref,
    'target_type', e.target_type, 'target', e.target_ref, 'room', e.room_ref, 'case', e.case_ref,
    'correlation', e.correlation_id, 'parent', e.parent_id, 'reverses', e.reverses_id))::text
$$;

-- What is wrong with one element of append's array; null when nothing is.
create function audit.flaw_of_event(e jsonb, ordinal int) returns text
  language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(e) <> 'object' then 'is not an object'
    when e - array['action', 'version', 'outcome', 'occurred_at', 'actor', 'target_type', 'target',
        'room', 'case', 'correlation', 'parent', 'reverses', 'fields'] <> '{}'
      then 'has an unknown key'
    when (length(e->>'action') <= 64 and e->>'action' ~ '^[a-z_]+\.[a-z_]+$') is not true
      then 'has no action like object.verb_past'
    when e->>'version' !~ '^[1-9]$' then 'has a version outside 1..9'
    when (e->>'outcome' in ('accepted', 'refused')) is not true
      then 'has an outcome other than accepted or refused'
    when jsonb_typeof(e->'occurred_at') is distinct from 'number'
      then 'has no occurred_at in milliseconds since 1970'
    when (e->'occurred_at')::float8 not between 0 and 253402300799999
      then 'has an occurred_at outside 1970..9999'
    when audit.is_ref(e->>'actor') is not true then 'has no actor of 1..200 printable characters'
    when not audit.is_ref(e->>'target_type')
      then 'has a target_type that is not 1..200 printable characters'
    when not audit.is_ref(e->>'target') then 'has a target that is not 1..200 printable characters'
    when not audit.is_ref(e->>'room') then 'has a room that is not 1..200 printable characters'
    when not audit.is_ref(e->>'case') then 'has a case that is not 1..200 printable characters'
    when not audit.is_uuid(e->>'correlation') then 'has a correlation that is not a UUID'
    when not audit.is_uuid(e->>'reverses') then 'has a reverses that is not a UUID'
    when e->>'parent' !~ '^[0-9]+$' or (e->>'parent')::numeric >= ordinal
      then 'has a parent that is not the ordinal of an earlier event'
    when jsonb_typeof(e->'fields') not in ('array', 'null') then 'has fields that are not an array'
    when jsonb_typeof(e->'fields') = 'array' and jsonb_array_length(e->'fields') > 64
      then 'has more than 64 fields'
  end
$$;

-- The same for one of an event's fields.
create function audit.flaw_of_field(f jsonb) returns text
  language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(f) <> 'object' then 'has a field that is not an object'
    when f - '{name,value,subject}'::text[] <> '{}' then 'has a field with an unknown key'
    when (length(f->>'name') <= 64 and f->>'name' ~ '^[a-z][a-z0-9_.]*$' and f->>'name' <> 'event')
      is not true then 'has a field without a good name'
    when not f ? 'value' then 'has a field without a value'
    when octet_length((f->'value')::text) > 65536 then 'has a field of more than 64 KiB'
    when not audit.is_ref(f->>'subject')
      then 'has a field whose subject is not 1..200 printable characters'
  end
$$;

-- Writes events; the only way to. Ordinals count from 0, in the order of the array.
--
-- events: array of 1..10,000 of {action, outcome: 'accepted' | 'refused', occurred_at: ms since
-- 1970, actor, version?: 1..9, target_type?, target?, room?, case?, correlation?: uuid,
-- parent?: ordinal of an earlier event, reverses?: uuid,
-- fields?: [{name, value: any JSON, subject?: ref}]}. Null is the same as absent, save for a value.
-- Errors: invalid_parameter_value (22023) names the first event that is wrong; nothing is written.
create function audit.append(events jsonb) returns table (ordinal int, event_id uuid)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  now_us constant timestamptz := clock_timestamp();
  now_ms constant timestamptz := date_trunc('milliseconds', now_us);
  e jsonb;
  fields jsonb;
  field jsonb;
  flaw text;
  n int := 0;
  ids uuid[] := '{}';
  happened audit.event;
  told audit.disclosure;
  digests bytea[];
  written audit.event[] := '{}';
  disclosed audit.disclosure[] := '{}';
begin
  if jsonb_typeof(events) is distinct from 'array' then
    raise exception 'audit.append takes an array of 1..10000 events'
      using errcode = 'invalid_parameter_value';
  end if;
  if jsonb_array_length(events) not between 1 and 10000 or pg_column_size(events) > 64 << 20 then
    raise exception 'audit.append takes an array of 1..10000 events, 64 MiB in all'
      using errcode = 'invalid_parameter_value';
  end if;

  for e in select jsonb_array_elements(events) loop
    flaw := audit.flaw_of_event(e, n);
    if flaw is not null then
      raise exception 'audit.append: event % %', n, flaw using errcode = 'invalid_parameter_value';
    end if;

    happened.event_id := audit.uuid_v7(now_us, n);
    happened.recorded_at := now_ms;
    happened.occurred_at := to_timestamp((e->'occurred_at')::float8 / 1000);
    happened.action := e->>'action';
    happened.action_version := coalesce((e->>'version')::int2, 1);
    happened.outcome := e->>'outcome';
    happened.actor_ref := e->>'actor';
    happened.target_type := e->>'target_type';
    happened.target_ref := e->>'target';
    happened.room_ref := e->>'room';
    happened.case_ref := e->>'case';
    happened.correlation_id := e->>'correlation';
    happened.parent_id := ids[(e->>'parent')::int + 1];
    happened.reverses_id := e->>'reverses';

    told.event_id := happened.event_id;
    told.name := 'event';
    told.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    told.value := audit.header(happened);
    told.subject_ref := null;
    disclosed := array_append(disclosed, told);
    digests := array[audit.field_digest(told.salt, told.name, told.value)];

    fields := nullif(e->'fields', 'null');
    for i in 0 .. coalesce(jsonb_array_length(fields), 0) - 1 loop
      field := fields->i;
      flaw := audit.flaw_of_field(field);
      if flaw is not null then
        raise exception 'audit.append: event % %: %', n, flaw, left(field->>'name', 64)
          using errcode = 'invalid_parameter_value';
      end if;
      told.name := field->>'name';
      told.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
      told.value := field->'value';
      told.subject_ref := field->>'subject';
      disclosed := array_append(disclosed, told);
      digests := array_append(digests, audit.field_digest(told.salt, told.name, told.value));
    end loop;

    happened.leaf := audit.leaf(audit.commitment(digests), happened.event_id, now_ms);
    happened.leaf_hash := sha256('\x00'::bytea || happened.leaf);
    written := array_append(written, happened);
    ids := array_append(ids, happened.event_id);
    n := n + 1;
  end loop;

  insert into audit.event select * from unnest(written);
  insert into audit.disclosure select * from unnest(disclosed);
  insert into audit.outbox (event_id, leaf_hash)
  select w.event_id, w.leaf_hash from unnest(written) w;
  return query select i - 1, ids[i] from generate_series(1, n) i;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.append(jsonb), audit.ensure_partitions(int) to rostrum_app;

reset role;
