set local role audit_owner;

-- Walks an index of the listing, and nothing but the index: the events from one id, without it, to
-- another, for each of some values, so many for each. The statements are written out for each way (a
-- column, or `event_id` for all events) and direction, so that their plans are kept.
-- Returns the ids; the id up to which none is left out, null if none is at all; and of how many values
-- there may be more.
do $do$
declare
  branches text;
begin
  select string_agg(format(
    $branch$
  %1$s way = %2$L and %3$sforwards then
    return query
    with walked as materialized (
      select array(
        select e.event_id from audit.listing e where %4$s limit each) as ids
      from unnest(among) k(value)
    )
    select array(select id from walked w, unnest(w.ids) id),
      (select w.ids[each] from walked w where w.ids[each] is not null order by 1 %5$s limit 1),
      (select count(w.ids[each])::int from walked w);$branch$,
    case n when 1 then 'if' else 'elsif' end, way, case dir when 'desc' then 'not ' else '' end,
    case way
      when 'outcome' then format('e.outcome = ''refused'' and %s order by e.event_id %s', bounds, dir)
      when 'event_id' then format('%s order by e.event_id %s', bounds, dir)
      -- Rows are compared as the index orders them: it could not take another one.
      else format('(e.%1$I, e.event_id) %4$s (k.value%2$s, low)
          and (e.%1$I, e.event_id) %5$s (k.value%2$s, high) and e.%1$I is not null
          order by e.%1$I %3$s, e.event_id %3$s', way, cast_to, dir, over, under)
    end,
    dir), '' order by n) into branches
  from (
    select *, row_number() over () as n
    from (values ('actor_ref', ''), ('target_ref', ''), ('room_ref', ''), ('case_ref', ''),
        ('action', ''), ('outcome', ''), ('parent_id', '::uuid'), ('reverses_id', '::uuid'),
        ('correlation_id', '::uuid'), ('event_id', '')) w(way, cast_to),
      (values ('asc', '>', '<=', 'e.event_id > low and e.event_id <= high'),
        ('desc', '>=', '<', 'e.event_id >= low and e.event_id < high')) d(dir, over, under, bounds)) x;
  execute format(
    $function$
create function audit.ids_along(way text, among text[], low uuid, high uuid, forwards boolean,
    each int)
  returns table (ids uuid[], edge uuid, open int)
  language plpgsql stable set search_path = pg_catalog, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
  set enable_sort = off as $body$
begin%s
  else
    raise exception 'there is no such way: %%', way;
  end if;
end
$body$ $function$, branches);
end
$do$;

-- As before (0110), for half the work: where several filters have an index, what is in all of them is
-- found in the indexes alone; and no event is looked at twice on the way.
--
-- Finds events in the order of their ids, which is that of time. Exact when one of the filters fits
-- no more than some 2,500 events, or when enough events that fit come soon; otherwise it ends after
-- having looked at about 2,500 events, and says how far it got.
--
-- filter: {actors?: [ref], targets?: [ref], room?, case?, action?: whole or before its dot,
-- outcome?, words?: text, parent?, reverses?, correlation?: uuid}, all of which must fit; null is
-- the same as absent. since, before: ids between which to look, without these; each may be null.
-- forwards: oldest first; else newest first.
-- Returns at most so many events, with the index of their leaf (null: not listed yet); and, when it
-- ended too early, one row without an event but with the last id it has looked at.
create or replace function audit.find_events(filter jsonb, since uuid, before uuid, forwards boolean,
    most int)
  returns table (event_id uuid, leaf_index bigint, looked_up_to uuid)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp
  set plan_cache_mode = auto set jit = off as $$
#variable_conflict use_column
declare
  few constant int := 600;
  waiting constant int := 500;
  furthest constant int := 2500;
  -- Looking an event up costs as much as passing so many in an index.
  densest constant int := 5;
  -- Which way to walk, and what is further along it.
  dir constant text := case when forwards then 'asc' else 'desc' end;
  far constant text := case when forwards then 'max' else 'min' end;
  near constant text := case when forwards then 'min' else 'max' end;
  within constant text := case when forwards then '<=' else '>=' end;
  wanted constant text[] := audit.words_of(filter->>'words');
  low uuid := coalesce(since, '00000000-0000-0000-0000-000000000000');
  high uuid := coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  bounds constant text := format('e.event_id > %L and e.event_id < %L', low, high);
  -- What must be so, of an event e.
  terms text[] := '{}';
  fits text;
  -- Ways to walk the listing, and the values for each: every event that fits is on all of them. Those
  -- that are no longer followed are null.
  ways text[] := '{}';
  keys jsonb[] := '{}';
  way_keys jsonb;
  followed int;
  lead int;
  reach int;
  each_way int;
  looked int := 0;
  rounds int := 0;
  -- Of each way: how many values may have more events, how many events it led to, and how far.
  open int[] := '{}';
  sizes int[] := '{}';
  edges uuid[] := '{}';
  i int;
  way_ids uuid[];
  way_edge uuid;
  way_open int;
  lead_ids uuid[];
  -- What is on all ways, up to the edge.
  common uuid[];
  page text;
  size int;
  edge uuid;
  rarest bigint;
  ids uuid[] := '{}';
  leaves bigint[] := '{}';
  more_ids uuid[];
  more_leaves bigint[];
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
    ways := ways || (name || '_ref');
    keys := keys || way_keys;
  end loop;
  foreach name in array array['room', 'case'] loop
    continue when filter->>name is null;
    terms := terms || format('e.%I = %L', name || '_ref', filter->>name);
    ways := ways || (name || '_ref');
    keys := keys || jsonb_build_array(filter->>name);
  end loop;
  foreach name in array array['parent', 'reverses', 'correlation'] loop
    continue when filter->>name is null;
    terms := terms || format('e.%I = %L::uuid', name || '_id', filter->>name);
    ways := ways || (name || '_id');
    keys := keys || jsonb_build_array(filter->>name);
  end loop;
  if filter->>'outcome' is not null then
    terms := terms || format('e.outcome = %L', filter->>'outcome');
    if filter->>'outcome' = 'refused' then
      ways := ways || 'outcome'::text;
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
    ways := ways || 'action'::text;
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

  if rarest is not null then
    -- So few that the words' index names them all. Another index beside it would cost more.
    execute format(
      'with found as materialized (
         select e.event_id, e.leaf_index from (
           select * from audit.listing e where e.words @> %1$L::text[] offset 0) e
         where %2$s
       ), page as (select * from found order by event_id %3$s limit %4$s)
       select array(select event_id from page), array(select leaf_index from page)',
      wanted, fits, dir, most)
    into ids, leaves;
  else
    if cardinality(ways) = 0 then
      ways := '{event_id}';
      keys := '{"[\"\"]"}';
    end if;
    followed := cardinality(ways);
    lead := 1;
    reach := case when followed > 1 then few
      when cardinality(terms) + cardinality(wanted) <= 1 and jsonb_array_length(keys[1]) = 1 then most
      else 200 end;
    loop
      rounds := rounds + 1;
      edge := null;
      edges := '{}';
      common := null;
      foreach i in array array(
        select n from generate_series(1, cardinality(ways)) n
        where ways[n] is not null order by n <> lead, n)
      loop
        -- Of many values, some have far more events than others.
        size := greatest(coalesce(open[i], jsonb_array_length(keys[i])), 1);
        each_way := reach * case when rounds > 1 and i <> lead then densest else 1 end;
        each_way := case when size > 1 then greatest(16, 1.5 * each_way / size) else each_way end;
        select w.ids, w.edge, w.open into way_ids, way_edge, way_open
        from audit.ids_along(ways[i], array(select jsonb_array_elements_text(keys[i])),
          case when forwards or rounds = 1 then low else coalesce(edge, low) end,
          case when forwards and rounds > 1 then coalesce(edge, high) else high end,
          forwards, each_way) w;
        edges[i] := way_edge;
        open[i] := way_open;
        sizes[i] := cardinality(way_ids);
        -- The way with the fewest events, or else the one that leads furthest.
        if rounds = 1 and i > 1
          and ((edges[i] is null and (edges[lead] is not null or sizes[i] < sizes[lead]))
            or (edges[i] is not null and edges[lead] is not null
              and (edges[i] > edges[lead]) = forwards)) then
          lead := i;
        end if;
        if i = lead then
          lead_ids := way_ids;
        end if;
        edge := case when forwards then least(edge, edges[i]) else greatest(edge, way_edge) end;
        if common is null then
          common := way_ids;
        else
          common := array(select unnest(common) intersect select unnest(way_ids));
        end if;
        -- So few are sooner looked up than looked for on the other ways.
        exit when rounds > 1 and i <> lead and cardinality(common) <= most;
      end loop;
      if followed = 1 then
        -- Along the index as just before, but to the events themselves.
        page := format(
          'select e.event_id, e.leaf_index
           from jsonb_array_elements_text(%1$L) k(value) cross join lateral (
             select * from audit.listing e where %2$s limit %3$s) e
           where e.event_id > $2 and e.event_id < $3 and %4$s', keys[lead],
          case ways[lead]
            when 'event_id' then format('e.event_id >= $4
              and e.event_id <= $5 order by e.event_id %s', dir)
            when 'outcome' then format('e.outcome = ''refused'' and e.event_id >= $4
              and e.event_id <= $5 order by e.event_id %s', dir)
            else format('(e.%1$I, e.event_id) >= (k.value%2$s, $4)
              and (e.%1$I, e.event_id) <= (k.value%2$s, $5) and e.%1$I is not null
              order by e.%1$I %3$s, e.event_id %3$s', ways[lead],
              case when ways[lead] like '%\_id' then '::uuid' else '' end, dir)
          end, each_way + 2, fits);
      else
        common := array(select id from unnest(common) id
          where edge is null or case when forwards then id <= edge else id >= edge end
          order by case when forwards then id end, case when not forwards then id end desc);
        page := format(
          'select e.event_id, e.leaf_index from unnest($1) s(id) cross join lateral (
             select * from audit.listing e where e.event_id = s.id and %s offset 0) e', fits);
      end if;
      if cardinality(common) > 0 then
        execute format(
          'with page as (%1$s limit %2$s)
           select array(select event_id from page), array(select leaf_index from page)',
          page || case when followed = 1 then ' order by e.event_id ' || dir else '' end,
          most - cardinality(ids))
        into more_ids, more_leaves
        using common, low, high, case when forwards then low else coalesce(edge, low) end,
          case when forwards then coalesce(edge, high) else high end;
        ids := ids || more_ids;
        leaves := leaves || more_leaves;
      end if;
      select looked + count(*) into looked from unnest(lead_ids) id
      where edge is null or case when forwards then id <= edge else id >= edge end;
      exit when edge is null or cardinality(ids) >= most or looked >= furthest or rounds >= 12;
      -- A way on which far more events lie is not followed: those of the others are looked up.
      for i in 1 .. cardinality(ways) loop
        continue when i = lead or ways[i] is null or edges[i] is null;
        select count(*) into size from unnest(lead_ids) id
        where case when forwards then id <= edges[i] else id >= edges[i] end;
        if size * densest < sizes[i] then
          ways[i] := null;
          followed := followed - 1;
        end if;
      end loop;
      -- To look events up, as much further as it would take if the rest were like this.
      reach := case when followed > 1 then furthest - looked
        else least(furthest - looked, greatest(2 * reach,
          looked * greatest(1, least(8, 2 * most / greatest(cardinality(ids), 1) - 1)))) end;
      if forwards then
        low := edge;
      else
        high := edge;
      end if;
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

reset role;
