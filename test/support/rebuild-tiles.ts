import type postgres from 'postgres';
import { Frontier, rootOf } from '#app/domain/audit/tlog/frontier.ts';
import { growTiles } from '#app/domain/audit/tlog/tile.ts';
import { sha256 } from '#server/audit/sha256.ts';

/** Rebuilds tiles over the leaves that are left, as an attacker would who knows the format. */
export async function rebuildTiles(sql: postgres.TransactionSql): Promise<Uint8Array> {
  const rows = await sql<
    { leaf_hash: Buffer }[]
  >`select leaf_hash from audit.leaf order by leaf_index`;
  const hashes = rows.map(({ leaf_hash }) => leaf_hash);
  await sql`delete from audit.tile`;
  for (const tile of growTiles(new Frontier(sha256), hashes)) {
    await sql`insert into audit.tile values (${tile.level}, ${tile.index}, ${Buffer.from(tile.hashes)})`;
  }
  return rootOf(sha256, hashes);
}
