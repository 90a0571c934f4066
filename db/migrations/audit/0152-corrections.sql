set local role audit_owner;

-- Events that say what never was, such as those that somebody with the application's password wrote:
-- they stay in the log, and the replay of state leaves them out, saying so each time. Only the owner
-- of the log writes here.
create table audit.correction (
  event_id uuid primary key,
  corrected_by uuid not null unique,
  at timestamptz not null default clock_timestamp()
);
select audit.make_append_only('audit.correction');

-- Declares that an event says what never was; writes `log.corrected`. For the log's owner alone.
-- by: operator who says so, a lead or admin; why: 1..500 characters. Returns the new event.
-- Errors: insufficient_privilege (42501) or invalid_parameter_value (22023), whose detail is one of
-- forbidden, invalid, event_not_found, corrected.
create function audit.correct(event uuid, by text, why text) returns uuid
  language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_variable
declare
  wrong audit.event;
  flaw text;
  written uuid;
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
  select a.event_id into written from audit.append(jsonb_build_array(jsonb_build_object(
    'action', 'log.corrected', 'outcome', 'accepted', 'actor', by,
    'occurred_at', floor(extract(epoch from clock_timestamp()) * 1000),
    'target_type', 'event', 'target', 'event:' || event, 'room', wrong.room_ref, 'reverses', event,
    'fields', jsonb_build_array(
      jsonb_build_object('name', 'reason', 'value', why, 'subject', by))))) a;
  insert into audit.correction (event_id, corrected_by) values (event, written);
  return written;
end
$$;
revoke all on function audit.correct(uuid, text, text) from public;

reset role;
