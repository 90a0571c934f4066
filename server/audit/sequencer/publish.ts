import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { type Checkpoint, parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { rootFrom } from '#app/domain/audit/tlog/prove.ts';
import { grownTiles, readHashesFrom, TILE_WIDTH } from '#app/domain/audit/tlog/tile.ts';
import { type TilePath, tilePath } from '#app/domain/audit/tlog/tile-path.ts';
import type { Sql } from '#db/client.ts';
import { readCheckpointNote, readTileFile, readVkeys } from '#server/audit/published-log.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { writeWhole } from '#server/audit/write-whole.ts';

/** What publishing has behind it; a test may stop the process there. */
export type PublishStep = 'tile_published' | 'tiles_published' | 'published';

/**
 * Brings a folder of files in line with the newest checkpoint: tiles first, the checkpoint when all
 * of them are there. Goes on where an earlier run was cut off. May be served as it is.
 * @returns how many files were written
 * @throws with a message for people when the folder holds another log, or one that has grown further
 */
export async function publishFiles(
  sql: Sql,
  folder: string,
  step: (step: PublishStep) => unknown = () => {},
): Promise<number> {
  const note = await readCheckpointNote(sql);
  if (note === null) return 0;
  const newest = parseCheckpoint(parseNote(note).text);
  const published = await readPublished(folder);
  if (published) {
    refuseOther(folder, published.checkpoint, newest);
    if (published.note === note) return 0;
    await refuseFork(sql, folder, published.checkpoint);
  }
  let files = 2;
  for (const { level, index, width } of grownTiles(published?.checkpoint.size ?? 0, newest.size)) {
    const both = level === 0 ? (['entries', level] as const) : ([level] as const);
    for (const kind of both) {
      await publishTile(sql, folder, { level: kind, index, width });
      await step('tile_published');
      files += 1;
    }
  }
  await step('tiles_published');
  await writeWhole(join(folder, 'vkey'), `${(await readVkeys(sql, note)).join('\n')}\n`);
  await writeWhole(join(folder, 'checkpoint'), note);
  await step('published');
  return files;
}

async function publishTile(sql: Sql, folder: string, tile: TilePath): Promise<void> {
  const bytes = await readTileFile(sql, tile);
  if (bytes === null) throw new Error(`The log lacks ${tilePath(tile)}.`);
  await writeWhole(join(folder, tilePath(tile)), bytes);
  // Parts of a tile that is full now serve nobody.
  if (tile.width === TILE_WIDTH) {
    await rm(join(folder, `${tilePath(tile)}.p`), { recursive: true, force: true });
  }
}

async function readPublished(
  folder: string,
): Promise<{ checkpoint: Checkpoint; note: string } | null> {
  try {
    const note = await readFile(join(folder, 'checkpoint'), 'utf8');
    return { checkpoint: parseCheckpoint(parseNote(note).text), note };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function refuseOther(folder: string, published: Checkpoint, newest: Checkpoint): void {
  const isOther =
    published.origin !== newest.origin ||
    (published.size === newest.size && !equalBytes(published.root, newest.root));
  if (isOther) throw new Error(`${folder} holds the files of another log.`);
  if (published.size > newest.size) {
    throw new Error(
      `${folder} holds ${published.size} leaves, more than the log's ${newest.size}.`,
    );
  }
}

/** What was published must be how the log begins: a copy elsewhere is not to be overwritten. */
async function refuseFork(sql: Sql, folder: string, { size, root }: Checkpoint): Promise<void> {
  const read = readHashesFrom(sha256, size, async (tile) => {
    const bytes = await readTileFile(sql, tile);
    if (bytes === null) throw new Error(`The log lacks ${tilePath(tile)}.`);
    return bytes;
  });
  if (!equalBytes(await rootFrom(sha256, read, size), root)) {
    throw new Error(`${folder} holds ${size} leaves that are not the first of this log.`);
  }
}
