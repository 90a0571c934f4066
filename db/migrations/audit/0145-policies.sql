-- What was published stays as it was: a version is added by its own event, in order, and nothing else
-- ever happens to it. The draft changes on the record too, since an admin publishes what others wrote.
set local role audit_owner;

create function audit.require_policy_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  target constant text := case tg_table_name
    when 'policy_draft' then 'policy:draft' else 'policy:' || (to_jsonb(new)->>'version') end;
  wanted constant text := case tg_table_name
    when 'policy_draft' then 'policy.drafted' else 'policy.published' end;
begin
  if not exists (
    select from audit.outbox o join audit.event e using (event_id)
    where o.xid = pg_current_xact_id_if_assigned() and o.target_ref = target
      and o.accepted and e.action = wanted)
  then
    raise exception '% of % without % of % in the same transaction',
      lower(tg_op), tg_table_name, wanted, target
      using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;

create function audit.keep_published() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'a published policy stays as it is'
    using errcode = 'integrity_constraint_violation', table = 'policy_version';
end
$$;
revoke all on function audit.require_policy_event(), audit.keep_published() from public;
reset role;

-- As whoever adds the version: each follows the one before it.
create function public.number_policies() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.version <> (select coalesce(max(v.version), 0) + 1 from public.policy_version v) then
    raise exception 'policy version % does not follow the newest', new.version
      using errcode = 'integrity_constraint_violation', table = 'policy_version';
  end if;
  return new;
end
$$;
revoke all on function public.number_policies() from public;

create constraint trigger on_record_change after insert on public.policy_version
  deferrable initially deferred for each row execute function audit.require_policy_event();
create trigger in_order before insert on public.policy_version
  for each row execute function public.number_policies();
create trigger stays before update or delete on public.policy_version
  for each row execute function audit.keep_published();
create trigger stays_whole before truncate on public.policy_version
  for each statement execute function audit.keep_published();
create constraint trigger on_record_change after insert or update on public.policy_draft
  deferrable initially deferred for each row execute function audit.require_policy_event();
do $$
declare
  name text;
begin
  foreach name in array array['on_record_change', 'in_order', 'stays', 'stays_whole'] loop
    execute format('alter table public.policy_version enable always trigger %I', name);
  end loop;
end
$$;
alter table public.policy_draft enable always trigger on_record_change;

revoke all on public.policy_version, public.policy_draft from public, rostrum_app;
grant select, insert on public.policy_version to rostrum_app;
grant select, insert on public.policy_draft to rostrum_app;
grant update (revision, clauses, saved_at, saved_by) on public.policy_draft to rostrum_app;
