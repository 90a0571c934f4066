-- No change without an audit event: each guarded change must be matched, when its transaction
-- commits, by an accepted event that the same transaction wrote about the same target.
grant usage on schema public to audit_owner;
grant select (id, ref) on public.member to audit_owner;
set local role audit_owner;

-- Whether this transaction has written an accepted event about a target (in a room, when given).
-- Event ids carry their time, so only this transaction's stretch of the index is read.
create function audit.has_event(target text, room text default null) returns boolean
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  since constant uuid := audit.first_uuid_v7(transaction_timestamp() - interval '1 minute');
begin
  return exists (
    select from audit.event e
    where e.target_ref = target
      and e.event_id >= since
      and (room is null or e.room_ref = room)
      and e.outcome = 'accepted'
      and (select o.xid from audit.outbox o where o.event_id = e.event_id)
        = pg_current_xact_id_if_assigned());
end
$$;

create function audit.require_event() returns trigger
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
  if not coalesce(proven, audit.has_event(target, room), false) then
    raise exception '% of % without an audit event about % in the same transaction',
      lower(tg_op), tg_table_name, coalesce(target, 'anyone')
      using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.append(jsonb), audit.ensure_partitions(int) to rostrum_app;
reset role;

do $$
declare
  -- table, what happens, when it must be on the record
  guards constant text[][] := array[
    ['participant', 'insert', $w$new.role in ('moderator', 'host') or new.mute_rank <> 0
      or new.removed_at is not null or new.removed_until is not null or new.removal_rank <> 0$w$],
    -- A speaker who leaves gives up the stage without anybody having acted.
    ['participant', 'update', $w$old.mute_rank <> new.mute_rank
      or old.removed_at is distinct from new.removed_at
      or old.removed_until is distinct from new.removed_until
      or old.removal_rank <> new.removal_rank
      or old.member_ref <> new.member_ref
      or (old.role <> new.role
        and not (old.role = 'speaker' and new.role = 'listener' and new.presence = 'gone'))$w$],
    ['room', 'insert', 'true'],
    ['room', 'update', $w$(old.locked, old.hands_open, old.status, old.title)
        <> (new.locked, new.hands_open, new.status, new.title)
      or (old.calm_command_id, old.calm_until, old.pinned_at, old.purged_at)
        is distinct from (new.calm_command_id, new.calm_until, new.pinned_at, new.purged_at)$w$],
    ['report', 'insert', 'true'],
    ['report', 'update', 'true'],
    ['report', 'delete', 'true'],
    ['hand_over', 'insert', 'true'],
    ['hand_over', 'update', 'true'],
    ['operator', 'insert', 'true'],
    ['operator', 'update', 'true'],
    ['operator', 'delete', 'true'],
    ['sign_in_link', 'insert', 'true'],
    ['sign_in_link', 'update', 'old.used_at is distinct from new.used_at'],
    ['session', 'insert', 'true'],
    ['session', 'update', 'old.ended_at is distinct from new.ended_at'],
    ['command', 'insert', 'true']
  ];
  name text;
begin
  for i in 1 .. array_length(guards, 1) loop
    name := 'on_record_' || guards[i][2];
    execute format(
      'create constraint trigger %I after %s on public.%I deferrable initially deferred
         for each row when (%s) execute function audit.require_event()',
      name, guards[i][2], guards[i][1], guards[i][3]);
    execute format('alter table public.%I enable always trigger %I', guards[i][1], name);
  end loop;
end
$$;
