-- How someone signs in changes on the record only: each password, passkey, code secret, recovery code
-- and identity, by an accepted event about its operator in the same transaction.
set local role audit_owner;
create function audit.require_account_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  target constant text := 'operator:' || coalesce(new.operator_id, old.operator_id);
begin
  if not coalesce(audit.has_event(target), false) then
    raise exception '% of % without an audit event about % in the same transaction',
      lower(tg_op), tg_table_name, coalesce(target, 'anyone')
      using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;
revoke all on function audit.require_account_event() from public;
reset role;

do $$
declare
  kept text;
begin
  foreach kept in array array['operator_password', 'passkey', 'code_secret', 'recovery_code',
    'operator_identity']
  loop
    execute format(
      'create constraint trigger on_record_change after insert or update or delete on public.%I
         deferrable initially deferred for each row execute function audit.require_account_event()',
      kept);
    execute format('alter table public.%I enable always trigger on_record_change', kept);
  end loop;
end
$$;

-- What a session has proven, as its beginning and its end (0100).
create constraint trigger on_record_proof after update of proven_at, strength on public.session
  deferrable initially deferred for each row execute function audit.require_event();
alter table public.session enable always trigger on_record_proof;

revoke all on public.operator_password, public.passkey, public.code_secret, public.recovery_code,
  public.operator_identity, public.passkey_challenge, public.sign_in_limit from public, rostrum_app;
grant select, insert, delete on public.operator_password, public.passkey, public.code_secret,
  public.recovery_code, public.passkey_challenge, public.sign_in_limit to rostrum_app;
grant select, insert on public.operator_identity to rostrum_app;
grant update (hash, set_at) on public.operator_password to rostrum_app;
-- Neither its key nor its owner.
grant update (counter, label, used_at) on public.passkey to rostrum_app;
grant update (last_step) on public.code_secret to rostrum_app;
grant update (used_at) on public.recovery_code to rostrum_app;
grant update (failures, last_at, next_at) on public.sign_in_limit to rostrum_app;
grant update (proven_at) on public.session to rostrum_app;
