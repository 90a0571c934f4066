set local role audit_owner;

-- What the log is searched by is kept beside it and filled a moment later, so that no act waits for
-- these indexes. Who has tried too often this minute is asked while acting.
drop index audit.event_room;
drop index audit.event_actor;
create index event_refused on audit.event (actor_ref, event_id) where outcome = 'refused';

-- The events in the tree, by what people look for. Derived: what is shown of an event comes from
-- audit.event and audit.disclosure.
create table audit.listing (
  event_id uuid primary key,
  leaf_index bigint not null unique,
  action text not null,
  outcome text not null,
  actor_ref text not null,
  target_ref text,
  room_ref text,
  case_ref text,
  correlation_id uuid,
  parent_id uuid,
  reverses_id uuid,
  words text[] not null
);
create index listing_actor on audit.listing (actor_ref, event_id);
create index listing_target on audit.listing (target_ref, event_id) where target_ref is not null;
create index listing_room on audit.listing (room_ref, event_id) where room_ref is not null;
create index listing_case on audit.listing (case_ref, event_id) where case_ref is not null;
create index listing_action on audit.listing (action, event_id);
create index listing_refused on audit.listing (event_id) where outcome = 'refused';
create index listing_correlation on audit.listing (correlation_id, event_id)
  where correlation_id is not null;
create index listing_parent on audit.listing (parent_id, event_id) where parent_id is not null;
create index listing_reverses on audit.listing (reverses_id, event_id) where reverses_id is not null;
create index listing_words on audit.listing using gin (words);

-- In how many events of the listing a word was, when they were listed: says which index to take.
create table audit.word (
  word text primary key,
  events bigint not null
);

-- The words of a text, to search by: lower case, in compatibility form, 64 characters at most; of
-- scripts without spaces each character and each two in a row. At most 10,000 characters are read.
-- What parts words is listed, as what is a letter depends on the database's locale.
create function audit.words_of(said text) returns text[]
  language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(distinct word), '{}')
  from regexp_split_to_table(
    regexp_replace(lower(normalize(left(said, 10000), nfkc)),
      '([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)', ' \1 ', 'g'),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u060c\u061b\u061f\u066a-\u066d\u06d4\u1680\u2000-\u206f\u2190-\u2bff\u2e00-\u2e7f\u3000-\u303f\ufe00-\ufe1f\ufe30-\ufe6f\U0001f000-\U0001faff]+'
  ) run
  cross join lateral (
    select left(run, 64) as word where run <> '' and run !~ '^[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
    union all
    select substr(run, start, size) from generate_series(1, length(run)) start, generate_series(1, 2) size
    where run ~ '^[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
      and start + size <= length(run) + 1
  ) w
$$;

-- Fields that nobody sees without a ticket: who reports, in which words, and evidence.
create function audit.is_sealed(action text, name text) returns boolean
  language sql immutable parallel safe as $$
  select starts_with(name, 'reporter') or starts_with(name, 'evidence')
    or ((starts_with(action, 'report.') or action = 'command.report') and name in ('reason', 'text'))
$$;

-- Fields whose words can be searched for.
create function audit.is_searched(action text, name text) returns boolean
  language sql immutable parallel safe as $$
  select name in ('reason', 'rationale', 'facts', 'note') and not audit.is_sealed(action, name)
$$;

-- The words of an event that can be searched for.
create function audit.words_about(event uuid, action text) returns text[]
  language sql stable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(audit.words_of(string_agg(d.value::jsonb #>> '{}', ' ')), '{}')
  from audit.disclosure d
  where d.event_id = words_about.event and d.value is not null
    and audit.is_searched(words_about.action, d.name)
$$;

-- Lists up to so many events that came into the tree since; whoever calls it. Returns how many were
-- listed, or null when somebody else is listing, or erasing, right now.
create function audit.list_new(most int) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  listed int;
begin
  if most is null or most not between 1 and 100000 then
    raise exception 'most must be 1..100000' using errcode = 'invalid_parameter_value';
  end if;
  -- An older snapshot would list words that were erased since.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'what is listed must be read as it is now'
      using errcode = 'invalid_transaction_state';
  end if;
  if not pg_try_advisory_xact_lock(hashtext('audit.list_new')) then
    return null;
  end if;
  with fresh as materialized (
    select e.event_id, l.leaf_index, e.action, e.outcome, e.actor_ref, e.target_ref, e.room_ref,
      e.case_ref, e.correlation_id, e.parent_id, e.reverses_id,
      audit.words_about(e.event_id, e.action) as words
    from audit.leaf l join audit.event e on e.event_id = l.event_id
    where l.leaf_index > (select coalesce(max(x.leaf_index), -1) from audit.listing x)
    order by l.leaf_index limit most
  ), counted as (
    insert into audit.word as w (word, events)
    select f.word, count(*) from (select unnest(words) as word from fresh) f
    group by f.word order by f.word
    on conflict (word) do update set events = w.events + excluded.events
  )
  insert into audit.listing select * from fresh;
  get diagnostics listed = row_count;
  return listed;
end
$$;

-- Finds events in the order of their ids, which is that of time. Exact when one of the filters fits
-- no more than some 1,500 events, or when enough events that fit come soon; otherwise it ends after
-- having looked at about 4,000 events, and says how far it got.
--
-- filter: {actors?: [ref], targets?: [ref], room?, case?, action?: whole or before its dot,
-- outcome?, words?: text, parent?, reverses?, correlation?: uuid}, all of which must fit; null is
-- the same as absent. since, before: ids between which to look, without these; each may be null.
-- forwards: oldest first; else newest first.
-- Returns at most so many events, with the index of their leaf (null: not listed yet); and, when it
-- ended too early, one row without an event but with the last id it has looked at.
create function audit.find_events(filter jsonb, since uuid, before uuid, forwards boolean, most int)
  returns table (event_id uuid, leaf_index bigint, looked_up_to uuid)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = auto set jit = off as $$
#variable_conflict use_column
declare
  few constant int := 1000;
  waiting constant int := 500;
  furthest constant int := 2500;
  -- Which way to walk, and what is further along it.
  dir constant text := case when forwards then 'asc' else 'desc' end;
  far constant text := case when forwards then 'max' else 'min' end;
  near constant text := case when forwards then 'min' else 'max' end;
  within constant text := case when forwards then '<=' else '>=' end;
  wanted constant text[] := audit.words_of(filter->>'words');
  low constant uuid := coalesce(since, '00000000-0000-0000-0000-000000000000');
  high constant uuid := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  bounds constant text := format('e.event_id > %L and e.event_id < %L', low, high);
  -- Rows are compared as the index orders them: it could not take another one.
  along constant text := format(
    '(e.%%1$I, e.event_id) > (k.value%%2$s, %1$L) and (e.%%1$I, e.event_id) < (k.value%%2$s, %2$L)
       and e.%%1$I is not null order by e.%%1$I %3$s, e.event_id %3$s', low, high, dir);
  -- What must be so, of an event e.
  terms text[] := '{}';
  fits text;
  -- Ways to walk the listing: the walk along an index for each of some values, k.value.
  ways text[] := '{}';
  keys jsonb[] := '{}';
  way text;
  way_keys jsonb;
  best_size int;
  best_edge uuid;
  size int;
  edge uuid;
  reach int := 200;
  rarest bigint;
  ids uuid[];
  leaves bigint[];
  fresh_ids uuid[];
  fresh_edge uuid;
  name text;
begin
  if most is null or most not between 1 and 1000 then
    raise exception 'most must be 1..1000' using errcode = 'invalid_parameter_value';
  end if;

  foreach name in array array['actor', 'target'] loop
    continue when jsonb_typeof(filter->(name || 's')) is distinct from 'array';
    way_keys := filter->(name || 's');
    terms := terms || format('e.%I = any(%L::text[])', name || '_ref',
      array(select jsonb_array_elements_text(way_keys)));
    ways := ways || format(along, name || '_ref', '');
    keys := keys || way_keys;
  end loop;
  foreach name in array array['room', 'case'] loop
    continue when filter->>name is null;
    terms := terms || format('e.%I = %L', name || '_ref', filter->>name);
    ways := ways || format(along, name || '_ref', '');
    keys := keys || jsonb_build_array(filter->>name);
  end loop;
  foreach name in array array['parent', 'reverses', 'correlation'] loop
    continue when filter->>name is null;
    terms := terms || format('e.%I = %L::uuid', name || '_id', filter->>name);
    ways := ways || format(along, name || '_id', '::uuid');
    keys := keys || jsonb_build_array(filter->>name);
  end loop;
  if filter->>'outcome' is not null then
    terms := terms || format('e.outcome = %L', filter->>'outcome');
    if filter->>'outcome' = 'refused' then
      ways := ways || format('e.outcome = ''refused'' and %s order by e.event_id %s', bounds, dir);
      keys := keys || '["refused"]'::jsonb;
    end if;
  end if;
  if filter->>'action' is not null then
    terms := terms || format('(e.action = %L or starts_with(e.action, %L))', filter->>'action',
      (filter->>'action') || '.');
    -- There are few actions: one step of the index leads to each.
    with recursive named as (
      (select l.action from audit.listing l order by l.action limit 1)
      union all
      select (select l.action from audit.listing l
        where l.action > n.action order by l.action limit 1)
      from named n where n.action is not null
    )
    select jsonb_agg(n.action) into way_keys from named n
    where n.action = filter->>'action' or starts_with(n.action, (filter->>'action') || '.');
    ways := ways || format(along, 'action', '');
    keys := keys || coalesce(way_keys, '[]');
  end if;
  fits := array_to_string(bounds || terms, ' and ');

  -- Events that aren't listed yet: in the outbox, or in the tree since a moment. So many may wait
  -- there that only the nearest are looked at.
  if exists (select from audit.outbox)
    or (select max(l.leaf_index) from audit.leaf l)
      is distinct from (select max(l.leaf_index) from audit.listing l)
  then
    execute format(
      'with listed as (
         select coalesce(max(leaf_index), -1) as newest from audit.listing
       ), behind as (
         select count(*) as n from (
           select from audit.leaf, listed where leaf_index > newest limit %1$s) x
       ), queued as materialized (
         select e.event_id from audit.outbox e where %2$s order by e.event_id %3$s limit %1$s
       ), few as materialized (
         select l.event_id from audit.leaf l, listed
         where leaf_index > newest and (select n < %1$s from behind)
       ), many as materialized (
         select e.event_id from audit.leaf e, listed
         where e.leaf_index > newest and (select n = %1$s from behind) and %2$s
         order by e.event_id %3$s limit %1$s
       ), edges as (
         select %4$s(event_id::text collate "C") as edge from queued having count(*) = %1$s
         union all
         select %4$s(event_id::text collate "C") from many having count(*) = %1$s
       )
       select array(
           select x.event_id from (
             select e.event_id, e.action
             from (table queued union all table few union all table many) f
             cross join lateral (
               select * from audit.event e where e.event_id = f.event_id offset 0) e
             where %5$s offset 0) x
           %6$s order by x.event_id %3$s limit %7$s),
         (select %8$s(edge) from edges)',
      waiting, bounds, dir, far, fits,
      case when filter->>'words' is null then ''
        else format('where %L::text[] <@ audit.words_about(x.event_id, x.action)', wanted) end,
      most, near)
    into fresh_ids, fresh_edge;
  end if;

  if filter->>'words' is not null then
    fits := fits || format(' and e.words @> %L::text[]', wanted);
    select min(coalesce(w.events, 0)) into rarest
    from unnest(wanted) as said(word) left join audit.word w on w.word = said.word;
    if rarest > furthest then
      rarest := null;
    end if;
  end if;

  -- The way with the fewest events, or else the one that leads furthest.
  if cardinality(ways) = 1 and rarest is null then
    way := ways[1];
    way_keys := keys[1];
  else
    reach := 3 * reach;
    for i in 1 .. cardinality(ways) loop
      execute format(
        'select coalesce(sum(s.n), 0), %4$s(s.edge collate "C") filter (where s.n = %1$s)
         from jsonb_array_elements_text(%2$L) k(value)
         cross join lateral (
           select count(*) as n, %5$s(x.event_id::text collate "C") as edge from (
             select e.event_id from audit.listing e where %3$s limit %1$s) x) s',
        few / greatest(jsonb_array_length(keys[i]), 1) + 1, keys[i], ways[i], near, far)
      into size, edge;
      if way is null
        or (edge is null and (best_edge is not null or size < best_size))
        or (edge is not null and best_edge is not null and (edge > best_edge) = forwards) then
        way := ways[i];
        way_keys := keys[i];
        best_size := size;
        best_edge := edge;
      end if;
    end loop;
    if way is not null and best_edge is null and best_size <= rarest then
      rarest := null;
    end if;
  end if;

  edge := null;
  if rarest is not null then
    -- So few that the words' index names them all.
    execute format(
      'with found as materialized (
         select e.event_id, e.leaf_index from audit.listing e where %1$s
       ), page as (select * from found order by event_id %2$s limit %3$s)
       select array(select event_id from page), array(select leaf_index from page)',
      fits, dir, most)
    into ids, leaves;
  else
    loop
      execute format(
        'with seen as materialized (
           select k.n, e.event_id, e.leaf_index, %1$s as fits
           from jsonb_array_elements_text(%2$L) with ordinality k(value, n)
           cross join lateral (
             select * from audit.listing e where %3$s limit %4$s) e
         ), edge as (
           select %5$s(edge)::uuid as edge from (
             select %6$s(event_id::text collate "C") as edge from seen
             group by n having count(*) = %4$s) x
         ), page as (
           select event_id, leaf_index from seen, edge
           where fits and (edge is null or event_id %7$s edge)
           order by event_id %8$s limit %9$s)
         select array(select event_id from page), array(select leaf_index from page), edge
         from edge',
        fits, coalesce(way_keys, '[""]'),
        coalesce(way, format('%s order by e.event_id %s', bounds, dir)),
        greatest(reach / greatest(jsonb_array_length(way_keys), 1), 16), near, far, within, dir,
        most)
      into ids, leaves, edge;
      exit when edge is null or cardinality(ids) >= most or reach >= furthest;
      -- As much further as it would take if the rest were like this.
      reach := least(furthest,
        reach * greatest(2, least(8, 2 * most / greatest(cardinality(ids), 1))));
    end loop;
  end if;

  edge := case when forwards then least(edge, fresh_edge) else greatest(edge, fresh_edge) end;
  return query execute format(
    'select x.id, max(x.leaf), null::uuid from (
       select id, null::bigint as leaf from unnest($1) f(id)
       union all
       select id, leaf from unnest($2, $3) l(id, leaf)
     ) x
     where $4 is null or x.id %s $4
     group by x.id order by x.id %s limit %s', within, dir, most)
  using fresh_ids, ids, leaves, edge;
  get diagnostics size = row_count;
  if size < most and edge is not null then
    return query select null::uuid, null::bigint, edge;
  end if;
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.list_new(int) to audit_sequencer, rostrum_app;
grant execute on function audit.find_events(jsonb, uuid, uuid, boolean, int), audit.words_of(text)
  to rostrum_app;
-- Whoever may read everything to verify the log works out again what it is searched by.
grant execute on function audit.words_about(uuid, text), audit.words_of(text),
  audit.is_searched(text, text), audit.is_sealed(text, text) to pg_read_all_data;

reset role;

-- Part of a name or handle finds a member: each word from its beginning on, Chinese from any
-- character on. A tsvector, since only its index knows beginnings.
create index member_words on public.member
  using gin (array_to_tsvector(audit.words_of(handle || ' ' || name)));
