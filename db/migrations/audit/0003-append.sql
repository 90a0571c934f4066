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

-- Value of the field named 'event'; null columns are left out. Joined as text, which spares
-- building a jsonb; only references can hold what JSON escapes.
create function audit.header(e audit.event) returns text
  language sql stable parallel safe as $$
  select '{' || concat_ws(',',
    '"action":"' || e.action || '"',
    '"version":' || e.action_version::text,
    '"outcome":"' || e.outcome || '"',
    '"occurred_at":"' || audit.iso(e.occurred_at) || '"',
    '"actor":' || to_json(e.actor_ref)::text,
    '"target_type":' || to_json(e.target_type)::text,
    '"target":' || to_json(e.target_ref)::text,
    '"room":' || to_json(e.room_ref)::text,
    '"case":' || to_json(e.case_ref)::text,
    '"correlation":"' || e.correlation_id::text || '"',
    '"parent":"' || e.parent_id::text || '"',
    '"reverses":"' || e.reverses_id::text || '"') || '}'
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
#variable_conflict use_variable
declare
  now_us constant timestamptz := clock_timestamp();
  now_ms constant timestamptz := date_trunc('milliseconds', now_us);
  e jsonb;
  fields jsonb;
  field jsonb;
  flaw text;
  ids uuid[] := '{}';
  happened audit.event;
  name text;
  salt bytea;
  value text;
  digests bytea[];
begin
  if jsonb_typeof(events) is distinct from 'array' then
    raise exception 'audit.append takes an array of 1..10000 events'
      using errcode = 'invalid_parameter_value';
  end if;
  if jsonb_array_length(events) not between 1 and 10000 or pg_column_size(events) > 64 << 20 then
    raise exception 'audit.append takes an array of 1..10000 events, 64 MiB in all'
      using errcode = 'invalid_parameter_value';
  end if;

  -- Rows go in one by one, as VALUES: most calls bring one event.
  for n in 0 .. jsonb_array_length(events) - 1 loop
    e := events->n;
    flaw := audit.flaw_of_event(e, n);
    if flaw is not null then
      raise exception 'audit.append: event % %', n, flaw using errcode = 'invalid_parameter_value';
    end if;

    ordinal := n;
    event_id := audit.uuid_v7(now_us, n);
    happened := row(event_id, now_ms, to_timestamp((e->'occurred_at')::float8 / 1000), e->>'action',
      coalesce((e->>'version')::int2, 1::int2), e->>'outcome', e->>'actor', e->>'target_type',
      e->>'target', e->>'room', e->>'case', (e->>'correlation')::uuid,
      ids[(e->>'parent')::int + 1], (e->>'reverses')::uuid, null, null);

    salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    value := audit.header(happened);
    digests := array[audit.field_digest(salt, 'event', value)];
    insert into audit.disclosure (event_id, name, salt, value)
    values (event_id, 'event', salt, value);

    fields := nullif(e->'fields', 'null');
    for i in 0 .. coalesce(jsonb_array_length(fields), 0) - 1 loop
      field := fields->i;
      flaw := audit.flaw_of_field(field);
      if flaw is not null then
        raise exception 'audit.append: event % %: %', n, flaw, left(field->>'name', 64)
          using errcode = 'invalid_parameter_value';
      end if;
      name := field->>'name';
      salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
      value := field->'value';
      digests := array_append(digests, audit.field_digest(salt, name, value));
      insert into audit.disclosure (event_id, name, salt, value, subject_ref)
      values (event_id, name, salt, value, field->>'subject');
    end loop;

    happened.leaf := (
      select audit.leaf(sha256('rostrum/v1/body\000'::bytea
        || string_agg(digest, ''::bytea order by digest)), event_id, now_ms)
      from unnest(digests) digest);
    happened.leaf_hash := sha256('\x00'::bytea || happened.leaf);
    insert into audit.event values (happened.*);
    insert into audit.outbox (event_id, leaf_hash) values (event_id, happened.leaf_hash);
    ids := array_append(ids, event_id);
    return next;
  end loop;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.append(jsonb), audit.ensure_partitions(int) to rostrum_app;

reset role;
