set local role audit_owner;

-- The log as outsiders see it: leaves in the order they were sequenced, the tree's nodes in tiles
-- as C2SP's tlog-tiles has them, and every checkpoint that was signed. Only the sequencer writes.
create table audit.leaf (
  leaf_index bigint primary key check (leaf_index >= 0),
  event_id uuid not null unique,
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32)
);

-- Up to 256 hashes of 32 bytes; those of level L are roots of 256^L leaves each.
create table audit.tile (
  level smallint not null check (level between 0 and 7),
  tile_index bigint not null check (tile_index >= 0),
  hashes bytea not null check (octet_length(hashes) between 32 and 8192
    and octet_length(hashes) % 32 = 0),
  primary key (level, tile_index)
);
-- Hashes don't compress.
alter table audit.tile alter hashes set storage external;

-- The note is kept as it was signed, byte for byte.
create table audit.checkpoint (
  tree_size bigint primary key check (tree_size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  at timestamptz not null default clock_timestamp()
);

-- Public keys the log was ever signed with. Whoever checks the log brings the keys they trust.
create table audit.log_key (
  vkey text primary key,
  at timestamptz not null default clock_timestamp()
);

-- A tile grows at its end, by the sequencer's hand, and changes in no other way.
create function audit.refuse_unless_grown() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_user = 'audit_sequencer'
    and (new.level, new.tile_index) = (old.level, old.tile_index)
    and octet_length(new.hashes) > octet_length(old.hashes)
    and substr(new.hashes, 1, octet_length(old.hashes)) = old.hashes
  then
    return new;
  end if;
  raise exception 'audit.tile only grows: % refused', tg_op using errcode = 'insufficient_privilege';
end
$$;
create trigger only_grows before update on audit.tile
  for each row execute function audit.refuse_unless_grown();
create trigger append_only before delete or truncate on audit.tile
  for each statement execute function audit.refuse_change();
alter table audit.tile enable always trigger only_grows;
alter table audit.tile enable always trigger append_only;

-- The log never shrinks, so no checkpoint is smaller than one there is.
create function audit.refuse_smaller_checkpoint() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from audit.checkpoint c where c.tree_size >= new.tree_size) then
    raise exception 'a checkpoint of % or more leaves is there already', new.tree_size
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger only_larger before insert on audit.checkpoint
  for each row execute function audit.refuse_smaller_checkpoint();
alter table audit.checkpoint enable always trigger only_larger;

select audit.make_append_only(kept::regclass)
from unnest(array['audit.leaf', 'audit.checkpoint', 'audit.log_key']) kept;

revoke all on all functions in schema audit from public;
reset role;
