set local role audit_owner;

-- As before (0003), and no caller of audit.append may say that an event was corrected: whoever reads that
-- must be able to trust that the log's owner said so (0152).
create or replace function audit.flaw_of_event(e jsonb, ordinal int) returns text
  language sql immutable parallel safe as $$
  select case
    when jsonb_typeof(e) <> 'object' then 'is not an object'
    when e - array['action', 'version', 'outcome', 'occurred_at', 'actor', 'target_type', 'target',
        'room', 'case', 'correlation', 'parent', 'reverses', 'fields'] <> '{}'
      then 'has an unknown key'
    when (length(e->>'action') <= 64 and e->>'action' ~ '^[a-z_]+\.[a-z_]+$') is not true
      then 'has no action like object.verb_past'
    when e->>'action' = 'log.corrected' then 'has the action of a correction'
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

-- Writes the one event that says of another that it says what never was; for audit.correct alone.
create function audit.append_correction(id uuid, at timestamptz, by text, wrong uuid, room text,
    why text) returns void
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  now_ms constant timestamptz := date_trunc('milliseconds', at);
  header constant text := jsonb_strip_nulls(jsonb_build_object('action', 'log.corrected',
    'outcome', 'accepted', 'occurred_at', floor(extract(epoch from now_ms) * 1000)::int8, 'actor', by,
    'target_type', 'event', 'target', 'event:' || wrong, 'room', room, 'reverses', wrong))::text;
  leaf bytea;
begin
  with field as materialized (
    select f.*, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from (values ('event', header, null), ('reason', to_jsonb(why)::text, by)) f (name, value, subject)
  ), disclosed as (
    insert into audit.disclosure (event_id, name, salt, value, subject_ref)
    select id, f.name, f.salt, f.value, f.subject from field f
  )
  select audit.leaf(sha256('rostrum/v1/body\000'::bytea
      || string_agg(d.digest, ''::bytea order by d.digest)), id, now_ms) into leaf
  from (select audit.field_digest(f.salt, f.name, f.value) as digest from field f) d;
  insert into audit.event (event_id, recorded_at, occurred_at, action, action_version, outcome,
    actor_ref, target_type, target_ref, room_ref, reverses_id, leaf, leaf_hash)
  values (id, now_ms, now_ms, 'log.corrected', 1, 'accepted', by, 'event', 'event:' || wrong, room,
    wrong, leaf, sha256('\x00'::bytea || leaf));
  insert into audit.outbox (event_id, leaf_hash, target_ref, room_ref)
  values (id, sha256('\x00'::bytea || leaf), 'event:' || wrong, room);
end
$$;

-- As before (0152), by the function above.
create or replace function audit.correct(event uuid, by text, why text) returns uuid
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  wrong audit.event;
  flaw text;
  now_us constant timestamptz := clock_timestamp();
  written constant uuid := audit.uuid_v7(now_us);
begin
  if not audit.has_role(by, '{lead,admin}') then
    raise exception 'only leads and admins correct the log'
      using errcode = 'insufficient_privilege', detail = 'forbidden';
  end if;
  select * into wrong from audit.event e where e.event_id = event;
  flaw := case
    when why is null or length(why) > 500 or why !~ '\S' then 'invalid'
    when wrong.event_id is null then 'event_not_found'
    -- What was refused changes no state, and what was erased is gone.
    when wrong.outcome <> 'accepted' or wrong.action = 'member.erased' then 'invalid'
    when exists (select from audit.correction c where event in (c.event_id, c.corrected_by))
      then 'corrected'
  end;
  if flaw is not null then
    raise exception 'this event is not to be corrected: %', flaw
      using errcode = 'invalid_parameter_value', detail = flaw;
  end if;
  perform audit.append_correction(written, now_us, by, event, wrong.room_ref, why);
  insert into audit.correction (event_id, corrected_by) values (event, written);
  return written;
end
$$;
revoke all on function audit.append_correction(uuid, timestamptz, text, uuid, text, text) from public;

reset role;
