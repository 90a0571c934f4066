import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import { parseEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { loadFrontier } from '#app/domain/audit/tlog/frontier.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { readHashesFrom, TILE_WIDTH, type Tile, tileAt } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';
import type { Progress } from '#server/audit/verify/findings.ts';
import { readAhead } from '#server/audit/verify/read-ahead.ts';
import { readTileOf, type SiteFiles } from '#server/audit/verify/site-files.ts';

const AHEAD = 8;

/**
 * Checks that a log has only grown since it was seen: the tree of then is still there, and the new
 * entries are leaves that lead from it to the root of now.
 * @param then size 0: nothing was seen yet
 * @throws {TlogError} tampered: the log forked or shrank; else incomplete or unreadable
 */
export async function followGrowth(
  site: SiteFiles,
  then: TreeHead,
  now: TreeHead,
  progress: Progress = () => {},
): Promise<void> {
  if (now.size < then.size) {
    throw new TlogError('tampered', `the log shrank from ${then.size} to ${now.size} entries`);
  }
  if (now.size === then.size) {
    if (equalBytes(now.root, then.root)) return;
    throw new TlogError('tampered', `the log forked: there are two trees of ${now.size} entries`);
  }
  const tileOfNow = ({ level, index }: Tile) =>
    readTileOf(site, tileAt(level, index, now.size) as Tile);
  const read = readHashesFrom(sha256, then.size, tileOfNow);
  const frontier = await loadFrontier(sha256, then.size, read);
  if (then.size > 0 && !equalBytes(frontier.root(), then.root)) {
    throw new TlogError(
      'tampered',
      `the log forked: its first ${then.size} entries are not those that were seen`,
    );
  }
  for await (const { item, value } of readAhead(bundles(then.size, now.size), AHEAD, (tile) =>
    readTileOf(site, { ...tile, level: 'entries' }),
  )) {
    const entries = parseEntryBundle(value, item.width);
    for (const entry of entries.slice(frontier.size - item.index * TILE_WIDTH)) {
      checkShape(entry, frontier.size);
      frontier.append(hashLeaf(sha256, entry));
    }
    progress(frontier.size, now.size);
  }
  if (!equalBytes(frontier.root(), now.root)) {
    throw new TlogError(
      'tampered',
      `the log forked: its entries ${then.size} to ${now.size - 1} do not lead from the tree that was seen to the root of now`,
    );
  }
}

function checkShape(entry: Uint8Array, index: number): void {
  try {
    parseLeaf(entry);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new TlogError(error.kind, `entry ${index}: ${error.message}`);
  }
}

function* bundles(from: number, to: number): Generator<Tile> {
  for (let index = Math.floor(from / TILE_WIDTH); ; index++) {
    const tile = tileAt(0, index, to);
    if (tile === null) return;
    yield tile;
  }
}
