import { formatCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { encodeEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { Frontier, rootOf } from '#app/domain/audit/tlog/frontier.ts';
import { formatVkey, type SignerKey } from '#app/domain/audit/tlog/key.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { formatNote } from '#app/domain/audit/tlog/note.ts';
import { growTiles, TILE_WIDTH, type TileReader } from '#app/domain/audit/tlog/tile.ts';
import type { LogFiles } from '#app/live/log-check/log-files.ts';
import { signText } from '#test/support/log-keys.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

/** Public files of a log with these leaves, signed by these keys; as a browser asks for them. */
export function fakeLogFiles(
  leaves: readonly Uint8Array[],
  keys: readonly SignerKey[],
  origin = 'example.com/log',
): LogFiles {
  const hashes = leaves.map((leaf) => hashLeaf(nodeSha256, leaf));
  const tiles = new Map<string, Uint8Array>();
  for (const tile of growTiles(new Frontier(nodeSha256), hashes)) {
    tiles.set(`${tile.level}/${tile.index}`, tile.hashes);
  }
  const root = rootOf(nodeSha256, hashes);
  const text = formatCheckpoint({ origin, size: leaves.length, root, extensions: [] });
  const note = formatNote(
    text,
    keys.map((key) => signText(key, text)),
  );
  const tile: TileReader = ({ level, index }) => {
    const bytes = tiles.get(`${level}/${index}`);
    if (bytes === undefined) throw new Error('There is no such tile');
    return bytes;
  };
  return {
    checkpoint: async () => note,
    vkeys: async () => keys.map(formatVkey),
    tile,
    entries: async ({ index, width }) =>
      encodeEntryBundle(leaves.slice(index * TILE_WIDTH, index * TILE_WIDTH + width)),
  };
}
