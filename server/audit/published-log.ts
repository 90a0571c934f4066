import { encodeEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { parseVkey } from '#app/domain/audit/tlog/key.ts';
import { HASH_SIZE } from '#app/domain/audit/tlog/merkle.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { TILE_WIDTH, type Tile } from '#app/domain/audit/tlog/tile.ts';
import type { TilePath } from '#app/domain/audit/tlog/tile-path.ts';
import type { Sql } from '#db/client.ts';
import { sha256 } from './sha256.ts';

// What outsiders see of the log, read as rostrum_app or as audit_sequencer.

/** The newest checkpoint's note as the log signed it; null while nothing was signed. */
export async function readSignedNote(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ note: string }[]>`
    select note from audit.checkpoint order by tree_size desc limit 1`;
  return row?.note ?? null;
}

/** The same with the lines of those witnesses that have cosigned it. */
export async function readCheckpointNote(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ note: string }[]>`
    select c.note || coalesce((
      select string_agg(s.line, '' order by s.line) from audit.cosignature s
      where s.tree_size = c.tree_size), '') as note
    from audit.checkpoint c order by c.tree_size desc limit 1`;
  return row?.note ?? null;
}

/** Public keys that signed a checkpoint's note, in its order, each `name+id+key`. */
export async function readVkeys(sql: Sql, note: string): Promise<string[]> {
  const rows = await sql<{ vkey: string }[]>`select vkey from audit.log_key`;
  const known = rows.map(({ vkey }) => ({ vkey, ...parseVkey(sha256, vkey) }));
  return parseNote(note).signatures.flatMap(({ name, id }) =>
    known.filter((key) => key.name === name && key.id === id).map(({ vkey }) => vkey),
  );
}

/** A tile's bytes, or a bundle of entries; null when the log hasn't grown so far. */
export function readTileFile(
  sql: Sql,
  { level, index, width }: TilePath,
): Promise<Uint8Array | null> {
  return level === 'entries'
    ? readEntryBundle(sql, index, width)
    : readHashTile(sql, { level, index, width });
}

/** The first `width` hashes of a tile. */
async function readHashTile(sql: Sql, { level, index, width }: Tile): Promise<Uint8Array | null> {
  // Higher levels would need more leaves than can be counted.
  if (level > 6) return null;
  const [row] = await sql<{ hashes: Buffer }[]>`
    select hashes from audit.tile where level = ${level} and tile_index = ${index}`;
  const length = width * HASH_SIZE;
  return row && row.hashes.length >= length ? row.hashes.subarray(0, length) : null;
}

/** The first `width` leaves of 256, each after its length. */
async function readEntryBundle(sql: Sql, index: number, width: number): Promise<Uint8Array | null> {
  const first = index * TILE_WIDTH;
  if (!Number.isSafeInteger(first + width)) return null;
  const rows = await sql<{ leaf: Buffer }[]>`
    select e.leaf from audit.leaf l join audit.event e using (event_id)
    where l.leaf_index >= ${first} and l.leaf_index < ${first + width}
    order by l.leaf_index`;
  return rows.length === width ? encodeEntryBundle(rows.map(({ leaf }) => leaf)) : null;
}
