import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import {
  type Checkpoint,
  openCheckpoint,
  parseCheckpoint,
} from '#app/domain/audit/tlog/checkpoint.ts';
import { fromUtf8, toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { parseEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { HASH_SIZE, hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { TILE_HEIGHT, TILE_WIDTH, type Tile, tileAt } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { Findings, type Progress, type Report } from './findings.ts';
import { joinPolicies, type Policy, readLogKey, trustOf } from './policy.ts';
import { readAhead } from './read-ahead.ts';
import { readTileOf, type SiteFiles } from './site-files.ts';
import { TreeWalk } from './tree-walk.ts';
import { openSignatureCheck } from './verify-signature.ts';

/** Bundles that are fetched ahead. */
const AHEAD = 8;

export interface SiteCheckpoint {
  checkpoint: Checkpoint;
  note: string;
  /** The policy, with the site's own keys and origin where it named none. */
  policy: Policy;
  remarks: string[];
}

/**
 * Reads a site's checkpoint and checks who signed it.
 * @throws {TlogError}
 */
export async function readSiteCheckpoint(site: SiteFiles, given: Policy): Promise<SiteCheckpoint> {
  const bytes = await site.read('checkpoint');
  if (bytes === null) throw new TlogError('incomplete', 'there is no checkpoint');
  const note = fromUtf8(bytes, 'the checkpoint');
  const remarks: string[] = [];
  let policy = given;
  if (given.logKeys.length === 0) {
    const vkeys = await site.read('vkey');
    if (vkeys === null) throw new TlogError('incomplete', 'no key was given, and there is no vkey');
    const lines = fromUtf8(vkeys, 'the file vkey')
      .split('\n')
      .filter((line) => line !== '');
    policy = joinPolicies(given, {
      logKeys: lines.map((line) => readLogKey(line, 'the file vkey')),
    });
    remarks.push('The key is the one that the site names itself; give one you trust with --vkey.');
  }
  const origin = parseCheckpoint(parseNote(note).text).origin;
  const { checkpoint } = await openCheckpoint(note, trustOf(policy, origin), openSignatureCheck());
  return { checkpoint, note, policy, remarks };
}

/** Checks the published files of a log: the checkpoint, every entry and every tile. */
export async function verifySite(
  site: SiteFiles,
  given: Policy,
  progress: Progress = () => {},
): Promise<Report> {
  const findings = new Findings();
  const walk = new TreeWalk(findings);
  let head: SiteCheckpoint | null = null;
  try {
    head = await readSiteCheckpoint(site, given);
    await walkSite(site, head, walk, findings, progress);
  } catch (error) {
    findings.addError(error, '');
  }
  return {
    verdict: findings.verdict,
    source: site.name,
    origin: head?.checkpoint.origin ?? null,
    size: head?.checkpoint.size ?? null,
    root: head ? toBase64(head.checkpoint.root) : null,
    events: walk.size,
    checkpoints: walk.compared,
    findings: findings.kept,
    more: findings.count - findings.kept.length,
    remarks: head?.remarks ?? [],
  };
}

async function walkSite(
  site: SiteFiles,
  { checkpoint, policy }: SiteCheckpoint,
  walk: TreeWalk,
  findings: Findings,
  progress: Progress,
): Promise<void> {
  const { size, root } = checkpoint;
  walk.expect([
    { size, root, says: 'the checkpoint' },
    ...policy.pins.map((pin) => ({ ...pin, says: `the pin in ${pin.from}` })),
  ]);
  const tiles = new TileCompare(site, size, findings);
  const bundles = readAhead(bundlesOf(size), AHEAD, (tile) =>
    readTileOf(site, { ...tile, level: 'entries' }),
  );
  for await (const { item, value } of bundles) {
    for (const entry of parseEntryBundle(value, item.width)) {
      const index = walk.size;
      const event = eventOf(entry, index, findings);
      walk.append(hashLeaf(sha256, entry), event, tiles.sink(event));
    }
    await tiles.compare();
    progress(walk.size, size);
  }
  walk.end();
}

function* bundlesOf(size: number): Generator<Tile> {
  for (let index = 0; ; index++) {
    const tile = tileAt(0, index, size);
    if (tile === null) return;
    yield tile;
  }
}

/** The event of a leaf; reports a leaf of another form, and calls it by its place. */
function eventOf(entry: Uint8Array, index: number, findings: Findings): string {
  try {
    return parseLeaf(entry).id;
  } catch (error) {
    findings.addError(error, `entry ${index}`, { index });
    return 'unknown';
  }
}

/** Compares nodes with the tiles that have them, once each tile of the row is computed. */
class TileCompare {
  readonly #site: SiteFiles;
  readonly #size: number;
  readonly #findings: Findings;
  readonly #computed: { tile: Tile; place: number; hash: Uint8Array; event: string }[] = [];
  readonly #read = new Map<number, { index: number; bytes: Uint8Array }>();

  constructor(site: SiteFiles, size: number, findings: Findings) {
    this.#site = site;
    this.#size = size;
    this.#findings = findings;
  }

  sink(event: string) {
    return (level: number, index: number, hash: Uint8Array) => {
      if (level % TILE_HEIGHT !== 0) return;
      const tile = tileAt(level / TILE_HEIGHT, Math.floor(index / TILE_WIDTH), this.#size);
      if (tile) this.#computed.push({ tile, place: index % TILE_WIDTH, hash, event });
    };
  }

  async compare(): Promise<void> {
    for (const { tile, place, hash, event } of this.#computed.splice(0)) {
      const bytes = await this.#tileBytes(tile);
      const there = bytes.subarray(place * HASH_SIZE, (place + 1) * HASH_SIZE);
      if (equalBytes(there, hash)) continue;
      const index = tile.index * TILE_WIDTH + place;
      const what = `hash ${place} of tile ${tile.index} of level ${tile.level} is not that of the entries below it`;
      this.#findings.add('tampered', what, tile.level === 0 ? { event, index } : {});
    }
  }

  async #tileBytes(tile: Tile): Promise<Uint8Array> {
    const last = this.#read.get(tile.level);
    if (last?.index === tile.index) return last.bytes;
    const bytes = await readTileOf(this.#site, tile);
    if (bytes.length % HASH_SIZE !== 0 || bytes.length > TILE_WIDTH * HASH_SIZE) {
      throw new TlogError(
        'unreadable',
        `tile ${tile.index} of level ${tile.level} has ${bytes.length} bytes`,
      );
    }
    if (bytes.length < tile.width * HASH_SIZE) {
      const count = bytes.length / HASH_SIZE;
      throw new TlogError(
        'incomplete',
        `tile ${tile.index} of level ${tile.level} has ${count} hashes, not ${tile.width}`,
      );
    }
    this.#read.set(tile.level, { index: tile.index, bytes });
    return bytes;
  }
}
