-- A view shared with the team changes what colleagues look at, so views are on the record too.
set local role audit_owner;
create function audit.require_view_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(audit.has_event('saved_view:' || coalesce(new.id, old.id)), false) then
    raise exception '% of saved_view without an audit event about it in the same transaction',
      lower(tg_op) using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;
revoke all on function audit.require_view_event() from public;
reset role;

create constraint trigger on_record_change after insert or update or delete on public.saved_view
  deferrable initially deferred for each row execute function audit.require_view_event();
alter table public.saved_view enable always trigger on_record_change;

revoke all on public.saved_view from public, rostrum_app;
grant select, insert, delete on public.saved_view to rostrum_app;
