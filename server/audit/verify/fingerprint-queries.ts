// Each query answers rows of a name and what the object is like; both are text.

/** Roles of ours go by their names, whoever migrated by one name, everyone by PUBLIC. */
const ROLE = (oid: string) => `
  case when ${oid} = 0 then 'PUBLIC'
    else (select case when rolname in ('rostrum_app', 'audit_owner', 'audit_sequencer', 'audit_eraser')
        then rolname
      when ${oid} = (select relowner from pg_class where oid = 'public.room'::regclass)
        then 'migrator'
      else rolname end
      from pg_roles where oid = ${oid}) end`;

/** Rights of others than the owner. MAINTAIN is new in PostgreSQL 17 and reads nothing. */
const GRANTS = (acl: string, owner: string) => `
  coalesce((
    select string_agg(g, ' ' order by g collate "C") from (
      select ${ROLE('a.grantee')} || ':' || a.privilege_type
        || case when a.is_grantable then '*' else '' end as g
      from aclexplode(${acl}) a
      where a.grantee <> ${owner} and a.privilege_type <> 'MAINTAIN') g), '')`;

/** Partitions are made by the month and are all alike. */
const TABLE = (relation: string) =>
  `regexp_replace(${relation}.relname, '^event_\\d{4}_\\d\\d$', 'event_<month>')`;

const OURS = `(select oid from pg_namespace where nspname in ('audit', 'public'))`;

export const CATALOG: readonly string[] = [
  // What the functions do, as whom, and who may call them.
  `select 'function ' || n.nspname || '.' || p.proname || '('
      || pg_get_function_identity_arguments(p.oid) || ')' as name,
    concat_ws(' | ', l.lanname, p.prokind, p.provolatile, p.proisstrict, p.prosecdef,
      array_to_string(p.proconfig, ','), pg_get_function_result(p.oid), 'owner '
      || ${ROLE('p.proowner')}, p.prosqlbody is not null, p.probin,
      ${GRANTS(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')}, p.prosrc) as is
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where p.pronamespace in ${OURS}
    and not exists (select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
  // Triggers, whether they fire, and on what.
  `select distinct 'trigger ' || t.tgname || ' on ' || n.nspname || '.' || ${TABLE('c')} as name,
    concat_ws(' | ', t.tgenabled, t.tgtype, t.tgdeferrable, t.tginitdeferred,
      t.tgfoid::regprocedure, (select string_agg(a.attname, ',' order by a.attname)
        from pg_attribute a where a.attrelid = t.tgrelid and a.attnum = any (t.tgattr)),
      substring(pg_get_triggerdef(t.oid) from ' WHEN (.*) EXECUTE ')) as is
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and c.relnamespace in ${OURS}`,
  // Partitions without the triggers that each must have.
  `select 'partition ' || c.relname || ' without its trigger' as name, 'unguarded' as is
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'audit.event'::regclass and not exists (
    select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'append_only'
      and t.tgenabled = 'A')`,
  // Tables and their rights.
  `select distinct 'table ' || n.nspname || '.' || ${TABLE('c')} as name,
    concat_ws(' | ', c.relkind, 'owner ' || ${ROLE('c.relowner')}, c.relrowsecurity,
      c.relforcerowsecurity, c.relpersistence, ${GRANTS('c.relacl', 'c.relowner')}) as is
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relnamespace in ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,
  // Columns of the log, and rights on columns anywhere.
  `select distinct 'column ' || n.nspname || '.' || ${TABLE('c')} || '.' || a.attname as name,
    concat_ws(' | ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
      pg_get_expr(d.adbin, d.adrelid), ${GRANTS('a.attacl', 'c.relowner')}) as is
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and c.relnamespace in ${OURS}
    and c.relkind in ('r', 'p', 'v', 'm', 'f') and (n.nspname = 'audit' or a.attacl is not null)`,
  // Keys and checks of the log's tables.
  `select 'constraint ' || k.conname || ' on audit.' || c.relname as name,
    concat_ws(' | ', k.convalidated, pg_get_constraintdef(k.oid)) as is
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'audit'::regnamespace and not c.relispartition
    and k.contype in ('p', 'u', 'c', 'f', 'x')`,
  // Rules and policies rewrite what is asked; there are none.
  `select 'rule ' || r.rulename || ' on ' || n.nspname || '.' || c.relname as name,
    pg_get_ruledef(r.oid) as is
  from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
  where c.relnamespace in ${OURS} and not (c.relkind in ('v', 'm') and r.rulename = '_RETURN')`,
  `select 'policy ' || p.polname || ' on ' || p.polrelid::regclass as name, p.polcmd::text as is
  from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace in ${OURS}`,
  `select 'event trigger ' || evtname as name,
    concat_ws(' | ', evtevent, evtenabled, evtfoid::regprocedure) as is from pg_event_trigger`,
  // Schemas, and rights that new objects would get.
  `select 'schema ' || nspname as name,
    concat_ws(' | ', case when nspname = 'audit' then ${ROLE('nspowner')} end,
      ${GRANTS('nspacl', 'nspowner')}) as is
  from pg_namespace where oid in ${OURS}`,
  `select 'default rights ' || defaclrole::regrole || ' ' || defaclobjtype::text || ' '
      || coalesce(defaclnamespace::regnamespace::text, '') as name, defaclacl::text as is
  from pg_default_acl`,
  // Our roles: what they may beyond grants, whose members they are, and who is theirs.
  `select 'role ' || rolname as name,
    concat_ws(' ', case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end,
      case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end,
      case when rolreplication then 'replication' end) as is
  from pg_roles where rolname in ('rostrum_app', 'audit_owner', 'audit_sequencer', 'audit_eraser')`,
  `select 'membership of ' || ${ROLE('m.member')} || ' in ' || ${ROLE('m.roleid')} as name,
    'member' as is
  from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
  where (g.rolname in ('rostrum_app', 'audit_owner', 'audit_sequencer', 'audit_eraser')
      or r.rolname in ('rostrum_app', 'audit_owner', 'audit_sequencer', 'audit_eraser'))
    and m.member <> (select relowner from pg_class where oid = 'public.room'::regclass)
  group by 1`,
  // Settings that would switch triggers off for whoever connects.
  `select 'setting of ' || coalesce(r.rolname, 'everyone') || ' ' || split_part(s, '=', 1) as name,
    s as is
  from pg_db_role_setting d cross join unnest(d.setconfig) s left join pg_roles r on r.oid = d.setrole
  where d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
    and split_part(s, '=', 1) in ('session_replication_role', 'search_path', 'row_security')`,
];
