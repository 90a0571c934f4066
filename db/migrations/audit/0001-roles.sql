-- Roles belong to the whole server, so another database may have made them already, or be making
-- them right now.
do $$
declare
  wanted constant text[][] := array[
    ['rostrum_app', 'login'],
    ['audit_owner', 'nologin'],
    ['audit_sequencer', 'nologin'],
    ['audit_eraser', 'nologin']
  ];
begin
  for i in 1 .. array_length(wanted, 1) loop
    begin
      execute format(
        'create role %I %s nosuperuser nocreatedb nocreaterole noreplication nobypassrls',
        wanted[i][1], wanted[i][2]);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end
$$;

-- The migrating role owns things as audit_owner without being a superuser. From PostgreSQL 16 on,
-- whoever creates a role is a member that may not yet SET it.
do $$
declare
  may_set constant text :=
    case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
begin
  if not pg_has_role(current_user, 'audit_owner', may_set) then
    execute format('grant audit_owner to %I', current_user);
  end if;
exception when unique_violation then
  null;
end
$$;

-- Nobody but the owner makes anything in public, and only Rostrum's roles connect at all.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format(
    'grant connect on database %I to rostrum_app, audit_sequencer, audit_eraser', current_database());
end
$$;
revoke create on schema public from public;
grant usage on schema public to rostrum_app;
