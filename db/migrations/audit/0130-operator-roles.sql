-- Nobody gives themselves a role, and there is always an admin: also when the application forgets.
set local role audit_owner;

create function audit.require_other_actor() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if old.roles is distinct from new.roles and not exists (
    select from audit.outbox o join audit.event e using (event_id)
    where o.xid = pg_current_xact_id_if_assigned() and o.target_ref = 'operator:' || new.id
      and o.accepted and e.actor_ref <> 'operator:' || new.id)
  then
    raise exception 'nobody changes their own roles: operator:%', new.id
      using errcode = 'integrity_constraint_violation', table = 'operator';
  end if;
  return null;
end
$$;
revoke all on function audit.require_other_actor() from public;
reset role;

create constraint trigger other_actor after update of roles on public.operator
  deferrable initially deferred for each row execute function audit.require_other_actor();
alter table public.operator enable always trigger other_actor;

-- As whoever changes the row. The lock puts two who remove each other's admin in a row; the row lock
-- lets a snapshot that is older than the other's commit fail instead of counting what is gone.
create function public.keep_an_admin() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.disabled_at is not null or not 'admin' = any (old.roles) then
    return null;
  end if;
  if tg_op = 'UPDATE' and new.disabled_at is null and 'admin' = any (new.roles) then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtext('operator'));
  perform from public.operator o
    where o.disabled_at is null and 'admin' = any (o.roles) and o.id <> old.id
    for update;
  if not found then
    raise exception 'the last admin stays: operator:%', old.id
      using errcode = 'integrity_constraint_violation', table = 'operator';
  end if;
  return null;
end
$$;
revoke all on function public.keep_an_admin() from public;

create trigger keep_an_admin after delete or update of roles, disabled_at on public.operator
  for each row execute function public.keep_an_admin();
alter table public.operator enable always trigger keep_an_admin;

-- What admins are told of each other: put away by the one who was told, never taken back.
revoke all on public.role_notice from public, rostrum_app;
grant select, insert on public.role_notice to rostrum_app;
grant update (seen_at) on public.role_notice to rostrum_app;
