-- Nothing of a room is kept once it has ended, unless a report holds it back. The application may
-- delete none of it by itself: only whole, by this function, and on the record.
grant select, delete on public.room_event, public.floor_segment, public.ingested_event,
  public.participant, public.enforcement to audit_owner;
grant select (id, status, pinned_at, purged_at), update (purged_at) on public.room to audit_owner;
grant select (room_id, closed_at) on public.report to audit_owner;
grant select (room_id, input, member_id), update (input, member_id) on public.command to audit_owner;

-- Destroys what an ended room leaves behind: its events, floor segments, people, enforcement and
-- what its commands said and to whom. Keeps the head of the room, and of each command that it was.
-- Returns how many rows of each went.
-- Errors: no_data_found (P0002) for an unknown room; object_not_in_prerequisite_state (55000) for
-- one that is live, purged before, or held back: pinned, or with an open report.
create function public.purge_room(room text)
  returns table (room_events int, floor_segments int, ingested_events int, participants int,
    enforcements int, commands int)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  head record;
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
      'enforcements', enforcements, 'commands', commands))))));
  return next;
end
$$;
revoke all on function public.purge_room(text) from public;
grant execute on function public.purge_room(text) to rostrum_app;

-- Whoever owns a function needs the right to create in its schema, only for the moment it gets it.
grant create on schema public to audit_owner;
alter function public.purge_room(text) owner to audit_owner;
revoke create on schema public from audit_owner;
