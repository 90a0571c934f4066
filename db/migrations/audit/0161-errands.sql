set local role audit_owner;

-- Whoever holds a row does that errand. Anybody may take an advisory lock and keep it; these rows only
-- functions of the log's owner lock, and those that do, only the sequencer and the eraser may call: a
-- transaction of the application's that stays open holds up neither search nor an erasure.
create table audit.errand (name text primary key check (name in ('listing', 'months')));
insert into audit.errand values ('listing'), ('months');
select audit.make_append_only('audit.errand');

-- As before (0002). A new month locks every event for a moment, so whoever reads them and doesn't end is
-- not waited for long, as all acts would wait behind: it is tried again, months ahead of need. Returns 0
-- when somebody else is at it.
create or replace function audit.ensure_partitions(months int) returns int
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp set lock_timeout = '1s' as $$
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
  perform from audit.errand where name = 'months' for update skip locked;
  if not found then
    return 0;
  end if;
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

-- As before (0110).
create or replace function audit.list_new(most int) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  listed int;
begin
  if most is null or most not between 1 and 100000 then
    raise exception 'most must be 1..100000' using errcode = 'invalid_parameter_value';
  end if;
  -- An older snapshot would list words that were erased since.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'what is listed must be read as it is now'
      using errcode = 'invalid_transaction_state';
  end if;
  perform from audit.errand where name = 'listing' for update skip locked;
  if not found then
    return null;
  end if;
  with fresh as materialized (
    select e.event_id, l.leaf_index, e.action, e.outcome, e.actor_ref, e.target_ref, e.room_ref,
      e.case_ref, e.correlation_id, e.parent_id, e.reverses_id,
      audit.words_about(e.event_id, e.action) as words
    from audit.leaf l join audit.event e on e.event_id = l.event_id
    where l.leaf_index > (select coalesce(max(x.leaf_index), -1) from audit.listing x)
    order by l.leaf_index limit most
  ), counted as (
    insert into audit.word as w (word, events)
    select f.word, count(*) from (select unnest(words) as word from fresh) f
    group by f.word order by f.word
    on conflict (word) do update set events = w.events + excluded.events
  )
  insert into audit.listing select * from fresh;
  get diagnostics listed = row_count;
  return listed;
end
$$;

-- As before (0112).
create or replace function audit.erase_subject(request uuid, approver text)
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
  perform from audit.errand where name = 'listing' for update;
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

revoke all on function audit.ensure_partitions(int), audit.list_new(int) from rostrum_app;
grant execute on function audit.ensure_partitions(int) to audit_sequencer;

reset role;
