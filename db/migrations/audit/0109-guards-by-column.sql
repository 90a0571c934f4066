set local role audit_owner;

-- As before (0100), and also decides which updates of rooms and participants must be on the record.
create or replace function audit.require_event() returns trigger
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
    target := 'member:' || changed.member_ref;
    room := changed.room_id;
  elsif tg_table_name = 'room' then
    if tg_op = 'UPDATE'
      and (old.locked, old.hands_open, old.status, old.title, old.calm_command_id, old.calm_until,
          old.pinned_at, old.purged_at)
        is not distinct from
        (new.locked, new.hands_open, new.status, new.title, new.calm_command_id, new.calm_until,
          new.pinned_at, new.purged_at)
    then
      return null;
    end if;
    target := 'room:' || changed.id;
  elsif tg_table_name in ('operator', 'report', 'hand_over') then
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

reset role;

-- By column instead of by condition: every statement on a table reads the text of each condition on
-- its triggers anew, which cost a mute more than writing the row. Whoever names none of these
-- columns, as presence does, pays nothing.
do $$
declare
  -- table, columns
  guards constant text[][] := array[
    ['participant', 'mute_rank, removed_at, removed_until, removal_rank, member_ref, role'],
    ['room', 'locked, hands_open, status, title, calm_command_id, calm_until, pinned_at, purged_at']
  ];
begin
  for i in 1 .. array_length(guards, 1) loop
    execute format('drop trigger on_record_update on public.%I', guards[i][1]);
    execute format(
      'create constraint trigger on_record_update after update of %s on public.%I
         deferrable initially deferred for each row execute function audit.require_event()',
      guards[i][2], guards[i][1]);
    execute format('alter table public.%I enable always trigger on_record_update', guards[i][1]);
  end loop;
  drop trigger on_record_insert on public.command;
  create constraint trigger on_record_insert after insert on public.command
    deferrable initially deferred for each row execute function audit.require_event();
  alter table public.command enable always trigger on_record_insert;
end
$$;
