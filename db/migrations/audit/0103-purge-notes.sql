-- Notes for the next shift and incidents are of the room as well: they name people and end with it.
grant select (room_id), delete on public.hand_over, public.incident to audit_owner;

-- Whoever replaces a function needs the right to create in its schema, only for this moment.
grant create on schema public to audit_owner;
set local role audit_owner;

-- As before (0102), and destroys hand-overs and incidents too, counted on the record.
create or replace function public.purge_room(room text)
  returns table (room_events int, floor_segments int, ingested_events int, participants int,
    enforcements int, commands int)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  head record;
  hand_overs int;
  incidents int;
begin
  select r.status, r.purged_at, r.pinned_at is not null or exists (
      select from public.report t where t.room_id = r.id and t.closed_at is null) as held
  into head from public.room r where r.id = purge_room.room for update;
  if not found then
    raise exception 'there is no such room' using errcode = 'no_data_found';
  end if;
  if head.status <> 'ended' or head.held or head.purged_at is not null then
    raise exception 'the room is %', case
      when head.status <> 'ended' then 'live'
      when head.held then 'held back by a report'
      else 'purged already' end
      using errcode = 'object_not_in_prerequisite_state';
  end if;

  delete from public.room_event t where t.room_id = purge_room.room;
  get diagnostics room_events = row_count;
  delete from public.floor_segment t where t.room_id = purge_room.room;
  get diagnostics floor_segments = row_count;
  delete from public.ingested_event t where t.room_id = purge_room.room;
  get diagnostics ingested_events = row_count;
  delete from public.participant t where t.room_id = purge_room.room;
  get diagnostics participants = row_count;
  delete from public.enforcement t where t.room_id = purge_room.room;
  get diagnostics enforcements = row_count;
  delete from public.hand_over t where t.room_id = purge_room.room;
  get diagnostics hand_overs = row_count;
  delete from public.incident t where t.room_id = purge_room.room;
  get diagnostics incidents = row_count;
  update public.command t set input = '{}', member_id = null where t.room_id = purge_room.room;
  get diagnostics commands = row_count;
  update public.room t set purged_at = clock_timestamp() where t.id = purge_room.room;

  perform audit.append(jsonb_build_array(jsonb_build_object(
    'action', 'room.purged', 'outcome', 'accepted', 'actor', 'system',
    'occurred_at', floor(extract(epoch from clock_timestamp()) * 1000),
    'target_type', 'room', 'target', 'room:' || purge_room.room, 'room', purge_room.room,
    'fields', jsonb_build_array(jsonb_build_object('name', 'destroyed', 'value', jsonb_build_object(
      'room_events', room_events, 'floor_segments', floor_segments,
      'ingested_events', ingested_events, 'participants', participants,
      'enforcements', enforcements, 'commands', commands, 'hand_overs', hand_overs,
      'incidents', incidents))))));
  return next;
end
$$;

reset role;
revoke create on schema public from audit_owner;
