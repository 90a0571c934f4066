-- Sessions and links are no longer needed a month after their end. The application may delete none
-- by itself: only old ones, by this function, and on the record.
grant select (token_hash, expires_at, ended_at), delete on public.session to audit_owner;
grant select (token_hash, expires_at, used_at), delete on public.sign_in_link to audit_owner;

-- Deletes up to 10,000 sessions, and as many links, that ended or expired more than 30 days ago.
-- Returns how many of each went; when none did, nothing is written down.
create function public.purge_sign_ins()
  returns table (sessions int, sign_in_links int)
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  since constant timestamptz := now() - interval '30 days';
begin
  delete from public.session where token_hash = any (array(
    select s.token_hash from public.session s where least(s.ended_at, s.expires_at) < since
    limit 10000));
  get diagnostics sessions = row_count;
  delete from public.sign_in_link where token_hash = any (array(
    select l.token_hash from public.sign_in_link l where least(l.used_at, l.expires_at) < since
    limit 10000));
  get diagnostics sign_in_links = row_count;
  if sessions + sign_in_links > 0 then
    perform audit.append(jsonb_build_array(jsonb_build_object(
      'action', 'session.purged', 'outcome', 'accepted', 'actor', 'system',
      'occurred_at', floor(extract(epoch from clock_timestamp()) * 1000),
      'fields', jsonb_build_array(jsonb_build_object('name', 'destroyed', 'value',
        jsonb_build_object('sessions', sessions, 'sign_in_links', sign_in_links))))));
  end if;
  return next;
end
$$;
revoke all on function public.purge_sign_ins() from public;
grant execute on function public.purge_sign_ins() to rostrum_app;

-- Whoever owns a function needs the right to create in its schema, only for the moment it gets it.
grant create on schema public to audit_owner;
alter function public.purge_sign_ins() owner to audit_owner;
revoke create on schema public from audit_owner;
