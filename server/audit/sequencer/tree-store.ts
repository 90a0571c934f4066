import { toHex } from '#app/domain/audit/tlog/encoding.ts';
import type { TileGrowth } from '#app/domain/audit/tlog/tile.ts';
import type { Sql, Transaction } from '#db/client.ts';
import { LogHalted } from './halt.ts';

/** A checkpoint as it is stored. */
export interface StoredCheckpoint {
  tree_size: number;
  root: Buffer;
  note: string;
}

/** A tile's place among all tiles. */
export interface TilePlace {
  level: number;
  index: number;
}

/** An event to be sequenced: what the outbox promised, and what the event's row says. */
export interface Waiting {
  event_id: string;
  promised: Buffer;
  /** Null when there is no such event. */
  leaf: Buffer | null;
  leaf_hash: Buffer | null;
  /** Whether a leaf of the tree is this event already. */
  sequenced: boolean;
}

/** Becomes the only sequencer until the transaction ends. @returns false when another is */
export async function lockTree(tx: Transaction): Promise<boolean> {
  // What is signed must not be forgotten when the database's power fails.
  const rows = await tx`
    select case when current_setting('synchronous_commit') in ('off', 'local')
        then set_config('synchronous_commit', 'on', true) end as commits
    from audit.turn for update skip locked`;
  return rows.length === 1;
}

/** The newest checkpoint; undefined while there is none. */
export async function readNewestCheckpoint(
  sql: Sql | Transaction,
): Promise<StoredCheckpoint | undefined> {
  const [newest] = await sql<StoredCheckpoint[]>`
    select tree_size, root, note from audit.checkpoint order by tree_size desc limit 1`;
  return newest;
}

/** Whether leaves are stored from an index on. */
export async function hasLeavesFrom(tx: Transaction, index: number): Promise<boolean> {
  const [row] = await tx<{ more: boolean }[]>`
    select exists (select from audit.leaf where leaf_index >= ${index}) as more`;
  return row?.more ?? false;
}

/** Hashes of those tiles that are stored, keyed by `tileKey`. */
export async function readTiles(
  sql: Sql | Transaction,
  places: readonly TilePlace[],
): Promise<Map<string, Buffer>> {
  const rows = await sql<{ level: number; tile_index: number; hashes: Buffer }[]>`
    select t.level, t.tile_index, t.hashes
    from unnest(${places.map(({ level }) => level)}::int2[],
      ${places.map(({ index }) => index)}::int8[]) as wanted (level, tile_index)
    join audit.tile t using (level, tile_index)`;
  return new Map(
    rows.map((row) => [tileKey({ level: row.level, index: row.tile_index }), row.hashes]),
  );
}

export function tileKey({ level, index }: TilePlace): string {
  return `${level}/${index}`;
}

/** Takes events out of the outbox, oldest first, passing over rows that somebody else holds. */
export async function takeWaiting(tx: Transaction, most: number): Promise<Waiting[]> {
  const taken = await tx<{ event_id: string; leaf_hash: Buffer }[]>`
    delete from audit.outbox where event_id = any(array(
      select event_id from audit.outbox order by event_id limit ${most} for update skip locked))
    returning event_id, leaf_hash`;
  if (taken.length === 0) return [];
  const ids = taken.map((row) => row.event_id).sort();
  // The bounds let Postgres look into the months in question only.
  const events = await tx<{ event_id: string; leaf: Buffer; leaf_hash: Buffer }[]>`
    select event_id, leaf, leaf_hash from audit.event
    where event_id = any(${ids}::uuid[])
      and event_id between ${ids[0] as string} and ${ids.at(-1) as string}`;
  const again = await tx<{ event_id: string }[]>`
    select event_id from audit.leaf where event_id = any(${ids}::uuid[])`;
  const promised = new Map(taken.map((row) => [row.event_id, row.leaf_hash]));
  const found = new Map(events.map((row) => [row.event_id, row]));
  const sequenced = new Set(again.map((row) => row.event_id));
  return ids.map((id) => ({
    event_id: id,
    promised: promised.get(id) as Buffer,
    leaf: found.get(id)?.leaf ?? null,
    leaf_hash: found.get(id)?.leaf_hash ?? null,
    sequenced: sequenced.has(id),
  }));
}

/** Adds leaves from an index on. */
export async function writeLeaves(
  tx: Transaction,
  first: number,
  leaves: readonly { event_id: string; leaf_hash: Uint8Array }[],
): Promise<void> {
  await tx`
    insert into audit.leaf (leaf_index, event_id, leaf_hash)
    select ${first}::int8 + ordinality - 1, event_id, decode(leaf_hash, 'hex')
    from unnest(${leaves.map((leaf) => leaf.event_id)}::uuid[],
      ${leaves.map((leaf) => toHex(leaf.leaf_hash))}::text[])
      with ordinality as leaf (event_id, leaf_hash, ordinality)`;
}

/**
 * Adds tiles, and hashes to the ends of those there are.
 * @throws LogHalted when a tile there is hasn't the width it should have
 */
export async function writeTiles(tx: Transaction, grown: readonly TileGrowth[]): Promise<void> {
  const columns = (tiles: readonly TileGrowth[]) => tx`
    unnest(${tiles.map(({ level }) => level)}::int2[], ${tiles.map(({ index }) => index)}::int8[],
      ${tiles.map(({ start }) => start)}::int4[],
      ${tiles.map(({ hashes }) => toHex(hashes))}::text[])
      as grown (level, tile_index, start, hashes)`;
  const longer = grown.filter(({ start }) => start > 0);
  const updated = await tx`
    update audit.tile t set hashes = t.hashes || decode(grown.hashes, 'hex')
    from ${columns(longer)}
    where (t.level, t.tile_index) = (grown.level, grown.tile_index)
      and octet_length(t.hashes) = grown.start * 32`;
  if (updated.count !== longer.length) throw new LogHalted('a tile is not as wide as its tree');
  await tx`
    insert into audit.tile (level, tile_index, hashes)
    select level, tile_index, decode(hashes, 'hex') from ${columns(grown.filter(({ start }) => start === 0))}`;
}

export async function writeCheckpoint(
  tx: Transaction,
  { tree_size, root, note }: StoredCheckpoint,
): Promise<void> {
  await tx`
    insert into audit.checkpoint (tree_size, root, note) values (${tree_size}, ${root}, ${note})`;
}

/** Makes public keys known to who publishes them. */
export async function noteKeys(tx: Transaction, vkeys: readonly string[]): Promise<void> {
  await tx`
    insert into audit.log_key (vkey) select unnest(${[...vkeys]}::text[])
    on conflict (vkey) do nothing`;
}

/** What waits in the outbox: how many, 100,000 at most, and the oldest's time in milliseconds. */
export async function readBacklog(sql: Sql): Promise<{ depth: number; oldest: number | null }> {
  const [row] = await sql<{ depth: number; first: string | null }[]>`
    select (select count(*) from (select from audit.outbox limit 100000) x) as depth,
      (select event_id from audit.outbox order by event_id limit 1) as first`;
  // A version 7 UUID begins with its time in 48 bits.
  const first = row?.first?.replace('-', '').slice(0, 12);
  return {
    depth: row?.depth ?? 0,
    oldest: first === undefined ? null : Number.parseInt(first, 16),
  };
}
