import { checkInclusion } from '#app/domain/audit/tlog/check-proof.ts';
import type { Checkpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { parseEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { proveInclusion } from '#app/domain/audit/tlog/prove.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { readHashesFrom, TILE_WIDTH, tileAt } from '#app/domain/audit/tlog/tile.ts';
import type { LogFiles } from './log-files.ts';

/**
 * Reads when the newest of a log's last entries was recorded; who was slow to commit comes after others.
 * @returns ISO 8601; null when the log is empty
 * @throws when it does not give entries, or not those that its tree has
 */
export async function readNewestSigned(
  files: LogFiles,
  checkpoint: Checkpoint,
): Promise<string | null> {
  const { size } = checkpoint;
  if (size === 0) return null;
  const tile = tileAt(0, Math.floor((size - 1) / TILE_WIDTH), size);
  if (tile === null) return null;
  const entries = parseEntryBundle(await files.entries(tile), tile.width);
  const times = entries.map((each) => parseLeaf(each).time);
  const newest = times.reduce((best, time, at) => (time > (times[best] ?? '') ? at : best), 0);
  const index = tile.index * TILE_WIDTH + newest;
  const read = readHashesFrom(sha256, size, files.tile);
  const proof = await proveInclusion(sha256, read, index, size);
  checkInclusion(sha256, hashLeaf(sha256, entries[newest] as Uint8Array), index, proof, checkpoint);
  return times[newest] ?? null;
}
