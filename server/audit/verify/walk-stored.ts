import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { openCheckpoint, type Trust } from '#app/domain/audit/tlog/checkpoint.ts';
import { HASH_SIZE } from '#app/domain/audit/tlog/merkle.ts';
import type { VerifyEd25519 } from '#app/domain/audit/tlog/note.ts';
import { TILE_HEIGHT, TILE_WIDTH } from '#app/domain/audit/tlog/tile.ts';
import { checkStored } from './check-stored.ts';
import { copyRows } from './copy-rows.ts';
import type { Erasures } from './erasures.ts';
import type { Findings, Progress } from './findings.ts';
import type { Snapshot } from './owner-database.ts';
import { EventGatherer, leafQuery, type StoredEvent, uuidText } from './stored-event.ts';
import type { Expected, TreeWalk } from './tree-walk.ts';

/** Leaves of one batch, a multiple of 256. */
const BATCH = 16_384;

export interface StoredWalk {
  sql: Snapshot;
  walk: TreeWalk;
  findings: Findings;
  erasures: Erasures;
  trust: Trust;
  verify: VerifyEd25519;
  /** Leaves that the newest checkpoint has. */
  size: number;
  progress: Progress;
  /** Events and fields seen, counted on. */
  counted: { events: number; fields: number };
}

/** Walks over the stored tree from its first leaf to the newest checkpoint. */
export async function walkStored(state: StoredWalk): Promise<void> {
  const { sql, size, findings, progress } = state;
  state.walk.expect(await readCheckpoints(state, -1, 0));
  for (let from = 0; from < size; from += BATCH) {
    const to = Math.min(from + BATCH, size);
    state.walk.expect(await readCheckpoints(state, from, to));
    const batch = new Batch(state, await readTiles(sql, from, to));
    const gatherer = new EventGatherer((event) => batch.take(event));
    await copyRows(sql, leafQuery(from, to), (row) => gatherer.row(row));
    gatherer.end();
    if (batch.taken === 0 && !batch.hasTiles) {
      findings.add('tampered', `the leaves ${from} to ${to - 1} and their tiles are gone`);
      return;
    }
    batch.fillTo(to);
    progress(to, size);
  }
}

/** Checkpoints above one size up to another, checked: who signed, and that row and note agree. */
async function readCheckpoints(
  { sql, findings, trust, verify }: StoredWalk,
  above: number,
  upTo: number,
): Promise<Expected[]> {
  const rows = await sql<{ tree_size: number; root: Buffer; note: string }[]>`
    select tree_size, root, note from audit.checkpoint
    where tree_size > ${above} and tree_size <= ${upTo} order by tree_size`;
  const opened = rows.map(async ({ tree_size: size, root, note }) => {
    const says = `the checkpoint of ${size} leaves`;
    try {
      const { checkpoint } = await openCheckpoint(note, trust, verify);
      if (checkpoint.size !== size || !equalBytes(checkpoint.root, root)) {
        findings.add('tampered', `${says} is stored beside another's note`);
      }
      return checkpoint.size === size ? { size, root: checkpoint.root, says } : null;
    } catch (error) {
      findings.addError(error, says);
      return null;
    }
  });
  return (await Promise.all(opened)).filter((each) => each !== null);
}

type Tiles = Map<string, Buffer>;
const keyOf = (level: number, index: number) => `${level}/${index}`;

/** The tiles that have hashes of nodes which the leaves of a range complete. */
async function readTiles(sql: Snapshot, from: number, to: number): Promise<Tiles> {
  const rows = await sql<{ level: number; tile_index: number; hashes: Buffer }[]>`
    select level, tile_index, hashes from audit.tile, generate_series(0, 6) as wanted
    where level = wanted
      and tile_index between div(${from}, 256::numeric ^ (level + 1))::int8
        and div(${to - 1}, 256::numeric ^ (level + 1))::int8`;
  return new Map(rows.map((row) => [keyOf(row.level, row.tile_index), row.hashes]));
}

class Batch {
  readonly #state: StoredWalk;
  readonly #tiles: Tiles;
  taken = 0;

  constructor(state: StoredWalk, tiles: Tiles) {
    this.#state = state;
    this.#tiles = tiles;
  }

  get hasTiles(): boolean {
    return this.#tiles.size > 0;
  }

  take(event: StoredEvent): void {
    const { findings, erasures, counted } = this.#state;
    const id = uuidText(event.id);
    this.fillTo(event.index as number);
    this.taken += 1;
    if (event.row) counted.events += 1;
    counted.fields += event.fields.length;
    checkStored(event, id, findings, erasures);
    this.#append(event.promised, id);
  }

  /** Takes the hashes of leaves that are missing from the tiles, so that the others keep their place. */
  fillTo(index: number): void {
    const { walk, findings } = this.#state;
    while (walk.size < index) {
      findings.add('tampered', `leaf ${walk.size} is gone`, { index: walk.size });
      this.#append(null, 'unknown');
    }
  }

  /** Where tile and leaf differ, one of them is reported here and the signed root tells which. */
  #append(leafHash: Buffer | null, id: string): void {
    const { walk, findings } = this.#state;
    const index = walk.size;
    const tiled = this.#hashInTile(0, index);
    if (tiled === null) {
      findings.add('tampered', `the tile lacks the hash of leaf ${index}`, { event: id, index });
    } else if (leafHash !== null && !tiled.equals(leafHash)) {
      const what =
        'the tile has another hash in its place: an event was changed, removed or put in';
      findings.add('tampered', `${what} here`, { event: id, index });
    }
    walk.append(tiled ?? leafHash ?? Buffer.alloc(HASH_SIZE), id, (level, place, hash) => {
      if (level === 0 || level % TILE_HEIGHT !== 0) return;
      const there = this.#hashInTile(level / TILE_HEIGHT, place);
      if (there?.equals(hash)) return;
      findings.add(
        'tampered',
        `hash ${place % TILE_WIDTH} of tile ${Math.floor(place / TILE_WIDTH)} of level ${level / TILE_HEIGHT} ${there === null ? 'is missing' : 'is not that of the leaves below it'}`,
      );
    });
  }

  #hashInTile(level: number, place: number): Buffer | null {
    const bytes = this.#tiles.get(keyOf(level, Math.floor(place / TILE_WIDTH)));
    const at = (place % TILE_WIDTH) * HASH_SIZE;
    return bytes && bytes.length >= at + HASH_SIZE ? bytes.subarray(at, at + HASH_SIZE) : null;
  }
}
