-- Who may speak for the platform, and where news of people is sent: nothing of it changes without an
-- event, and what was taken away is not given back.
set local role audit_owner;

create function audit.require_platform_key_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at
      or old.expires_at is not null and coalesce(new.expires_at > old.expires_at, true)
    then
      raise exception 'a platform key is not given back: %', new.id
        using errcode = 'integrity_constraint_violation', table = tg_table_name;
    end if;
  end if;
  if not coalesce(audit.has_event('platform:' || coalesce(new.id, old.id)), false) then
    raise exception '% of platform_key without an audit event about it in the same transaction',
      lower(tg_op) using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;

create function audit.require_webhook_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(audit.has_event('webhook:' || coalesce(new.id, old.id)), false) then
    raise exception '% of webhook_endpoint without an audit event about it in the same transaction',
      lower(tg_op) using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;

revoke all on function audit.require_platform_key_event(), audit.require_webhook_event() from public;
reset role;

-- By column: that a key was used, or an endpoint answered, is nobody's act.
create constraint trigger on_record_change after insert or delete or update of
  id, name, secret_hash, scopes, calls_per_minute, created_at, created_by, expires_at, revoked_at,
  replaced_by on public.platform_key
  deferrable initially deferred for each row execute function audit.require_platform_key_event();
alter table public.platform_key enable always trigger on_record_change;

create constraint trigger on_record_change after insert or delete or update of
  id, name, url, types, secret, old_secret, old_secret_until, created_at, created_by, disabled_at,
  disabled_why, deleted_at on public.webhook_endpoint
  deferrable initially deferred for each row execute function audit.require_webhook_event();
alter table public.webhook_endpoint enable always trigger on_record_change;

revoke all on public.platform_key, public.host_link_use, public.webhook_endpoint,
  public.webhook_delivery from public, rostrum_app;
grant select, insert on public.platform_key, public.host_link_use, public.webhook_endpoint,
  public.webhook_delivery to rostrum_app;
grant update (expires_at, revoked_at, replaced_by, last_used_at) on public.platform_key
  to rostrum_app;
grant update (name, url, types, secret, old_secret, old_secret_until, disabled_at, disabled_why,
  deleted_at, failing_since, last_delivered_at) on public.webhook_endpoint to rostrum_app;
grant update (state, attempts, begun_at, next_attempt_at, claimed_until, last_attempt_at,
  last_status, last_error, delivered_at) on public.webhook_delivery to rostrum_app;

-- The application may delete none of it by itself: a link's use forgotten could be repeated.
grant select (id, at), delete on public.webhook_delivery to audit_owner;
grant select (token_hash, expires_at), delete on public.host_link_use to audit_owner;

-- Deletes up to 10,000 deliveries older than 30 days, and as many used links that expired more than
-- a day ago. Returns how many of each went.
create function public.purge_platform_access() returns table (deliveries int, host_links int)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.webhook_delivery where id = any (array(
    select d.id from public.webhook_delivery d where d.at < now() - interval '30 days'
    limit 10000));
  get diagnostics deliveries = row_count;
  delete from public.host_link_use where token_hash = any (array(
    select u.token_hash from public.host_link_use u where u.expires_at < now() - interval '1 day'
    limit 10000));
  get diagnostics host_links = row_count;
  return next;
end
$$;
revoke all on function public.purge_platform_access() from public;
grant execute on function public.purge_platform_access() to rostrum_app;
grant create on schema public to audit_owner;
alter function public.purge_platform_access() owner to audit_owner;
revoke create on schema public from audit_owner;
