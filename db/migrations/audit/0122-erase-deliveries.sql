-- A member gets another pseudonym only when they are erased; then what the platform was told of them,
-- which is kept for 30 days, goes too.
grant select (data), delete on public.webhook_delivery to audit_owner;
set local role audit_owner;
create function audit.forget_deliveries() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from public.webhook_delivery d where d.data->>'member' = new.id;
  return null;
end
$$;
revoke all on function audit.forget_deliveries() from public;
reset role;

-- By column and without a condition: every act writes how many came before on this table.
create trigger forget_deliveries after update of ref on public.member
  for each row execute function audit.forget_deliveries();
alter table public.member enable always trigger forget_deliveries;
