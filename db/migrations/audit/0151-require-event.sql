set local role audit_owner;

-- As before (0112), without what has functions of its own since 0109. An erasure is one event for all
-- that it changes.
create or replace function audit.require_event() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed record;
  target text;
begin
  if tg_op = 'DELETE' then
    changed := old;
  else
    changed := new;
  end if;
  if tg_table_name in ('room', 'operator', 'report', 'hand_over') then
    target := tg_table_name || ':' || changed.id;
  elsif tg_table_name not in ('session', 'sign_in_link') then
    raise exception 'audit.require_event does not know table %', tg_table_name;
  elsif changed.operator_id is not null then
    target := 'operator:' || changed.operator_id;
  else
    select 'member:' || m.ref into target from public.member m where m.id = changed.member_id;
  end if;
  if not coalesce(audit.has_event(target), false)
    and not (tg_op = 'UPDATE' and tg_table_name in ('report', 'hand_over') and audit.is_erasing())
  then
    raise exception '% of % without an audit event about % in the same transaction',
      lower(tg_op), tg_table_name, coalesce(target, 'anyone')
      using errcode = 'integrity_constraint_violation', table = tg_table_name;
  end if;
  return null;
end
$$;

reset role;
