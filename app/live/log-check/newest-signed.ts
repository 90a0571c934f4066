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
 * @returns ISO 8601; null when the log is empty, or gives no entries that its tree has
 */
export async function readNewestSigned(
  files: LogFiles,
  checkpoint: Checkpoint,
): Promise<string | null> {
  const { size } = checkpoint;
  if (size === 0) return null;
  const last = size - 1;
  const tile = tileAt(0, Math.floor(last / TILE_WIDTH), size);
  if (tile === null) return null;
  try {
    const entries = parseEntryBundle(await files.entries(tile), tile.width);
    const read = readHashesFrom(sha256, size, files.tile);
    const proof = await proveInclusion(sha256, read, last, size);
    const entry = entries.at(-1) as Uint8Array;
    checkInclusion(sha256, hashLeaf(sha256, entry), last, proof, checkpoint);
    const times = entries.map((each) => parseLeaf(each).time);
    return times.reduce((newest, time) => (time > newest ? time : newest));
  } catch {
    return null;
  }
}
