set local role audit_owner;

-- As before (0100), from the outbox alone: what this transaction has appended is still there.
create or replace function audit.has_event(target text, room text default null) returns boolean
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return exists (
    select from audit.outbox o
    where o.xid = pg_current_xact_id_if_assigned() and o.target_ref = target
      and (room is null or o.room_ref = room) and o.accepted);
end
$$;
drop index audit.event_target;

-- The guards of what every act writes look by themselves; each call of a function costs them more
-- than the look.
create function audit.require_participant_event() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  -- A speaker who leaves gives up the stage without anybody having acted.
  if tg_op = 'UPDATE'
    and (old.mute_rank, old.removal_rank, old.member_ref, old.removed_at, old.removed_until)
      is not distinct from
      (new.mute_rank, new.removal_rank, new.member_ref, new.removed_at, new.removed_until)
    and (old.role = new.role
      or (old.role = 'speaker' and new.role = 'listener' and new.presence = 'gone'))
  then
    return null;
  end if;
  if not exists (
    select from audit.outbox o
    where o.xid = pg_current_xact_id_if_assigned() and o.target_ref = 'member:' || new.member_ref
      and o.room_ref = new.room_id and o.accepted)
  then
    raise exception '% of participant without an audit event about member:% in the same transaction',
      lower(tg_op), new.member_ref
      using errcode = 'integrity_constraint_violation', table = 'participant';
  end if;
  return null;
end
$$;

create function audit.require_room_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if (old.locked, old.hands_open, old.status, old.title, old.calm_command_id, old.calm_until,
      old.pinned_at, old.purged_at)
    is distinct from
    (new.locked, new.hands_open, new.status, new.title, new.calm_command_id, new.calm_until,
      new.pinned_at, new.purged_at)
    and not audit.has_event('room:' || new.id)
  then
    raise exception 'update of room without an audit event about room:% in the same transaction',
      new.id using errcode = 'integrity_constraint_violation', table = 'room';
  end if;
  return null;
end
$$;

create function audit.require_command_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from audit.outbox o
    where o.event_id = new.audit_event_id and o.xid = pg_current_xact_id_if_assigned())
  then
    raise exception 'insert of command without its audit event % in the same transaction',
      new.audit_event_id
      using errcode = 'integrity_constraint_violation', table = 'command';
  end if;
  return null;
end
$$;

revoke all on function audit.require_participant_event(), audit.require_room_event(),
  audit.require_command_event() from public;

reset role;

-- By column instead of by condition: every statement on a table reads the text of each condition on
-- its triggers anew, which cost a mute more than writing the row. Whoever names none of these
-- columns, as presence does, pays nothing.
do $$
declare
  -- trigger, table, when, function
  guards constant text[][] := array[
    ['on_record_insert', 'participant', 'after insert', 'participant'],
    ['on_record_update', 'participant', 'after update of
      mute_rank, removed_at, removed_until, removal_rank, member_ref, role', 'participant'],
    ['on_record_update', 'room', 'after update of
      locked, hands_open, status, title, calm_command_id, calm_until, pinned_at, purged_at', 'room'],
    ['on_record_insert', 'command', 'after insert', 'command']
  ];
  only_when text;
begin
  for i in 1 .. array_length(guards, 1) loop
    -- Thousands join as listeners whom nobody has judged.
    only_when := case when guards[i][3] = 'after insert' and guards[i][2] = 'participant' then
      $w$when (new.role in ('moderator', 'host') or new.mute_rank <> 0
        or new.removed_at is not null or new.removed_until is not null
        or new.removal_rank <> 0)$w$ else '' end;
    execute format('drop trigger %I on public.%I', guards[i][1], guards[i][2]);
    execute format('create constraint trigger %I %s on public.%I
        deferrable initially deferred for each row %s execute function audit.require_%s_event()',
      guards[i][1], guards[i][3], guards[i][2], only_when, guards[i][4]);
    execute format('alter table public.%I enable always trigger %I', guards[i][2], guards[i][1]);
  end loop;
end
$$;
