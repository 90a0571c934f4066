import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { checkConsistency, checkInclusion } from '#app/domain/audit/tlog/check-proof.ts';
import { toHex, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { encodeEntryBundle, parseEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { Frontier, loadFrontier } from '#app/domain/audit/tlog/frontier.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { proveConsistency, proveInclusion, rootFrom } from '#app/domain/audit/tlog/prove.ts';
import {
  grownTiles,
  growTiles,
  readHashesFrom,
  type Tile,
  type TileReader,
  tileAt,
  tilesOf,
} from '#app/domain/audit/tlog/tile.ts';
import { parseTilePath, tilePath } from '#app/domain/audit/tlog/tile-path.ts';
import { naiveRoot, nodeSha256 } from '#test/support/naive-tree.ts';

describe('tile paths', () => {
  it.each([
    [0, 0, 256, 'tile/0/000'],
    [0, 5, 256, 'tile/0/005'],
    [0, 999, 1, 'tile/0/999.p/1'],
    [0, 1000, 256, 'tile/0/x001/000'],
    [0, 1234067, 256, 'tile/0/x001/x234/067'],
    [5, 123456078, 2, 'tile/5/x123/x456/078.p/2'],
    [63, 273, 112, 'tile/63/273.p/112'],
    ['entries', 1234067, 255, 'tile/entries/x001/x234/067.p/255'],
    [0, Number.MAX_SAFE_INTEGER, 256, 'tile/0/x009/x007/x199/x254/x740/991'],
  ] as const)('level %s, index %i, width %i: %s', (level, index, width, path) => {
    expect(tilePath({ level, index, width })).toBe(path);
    expect(parseTilePath(path)).toEqual({ level, index, width });
  });

  it.each([
    '',
    'checkpoint',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/',
    'tile//000',
    'tile/00/000',
    'tile/-1/000',
    'tile/64/000',
    'tile/data/000',
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/234',
    'tile/0/x001/x234',
    'tile/0/X001/234',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000.p/1/',
    'tile/0/000\n',
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/../000',
  ])('refuses %j', (path) => {
    expect(() => parseTilePath(path)).toThrow(expect.objectContaining({ kind: 'unreadable' }));
  });
});

describe('the tiles of a tree', () => {
  const counted = (size: number) => {
    const rows: Record<number, { full: number; partial: number[] }> = {};
    for (const { level, width } of tilesOf(size)) {
      rows[level] ??= { full: 0, partial: [] };
      if (width === 256) rows[level].full += 1;
      else rows[level].partial.push(width);
    }
    return rows;
  };

  it('are as tlog-tiles says of 70,000, of 256 and of no entries', () => {
    expect(counted(70_000)).toEqual({
      0: { full: 273, partial: [112] },
      1: { full: 1, partial: [17] },
      2: { full: 0, partial: [1] },
    });
    expect(counted(256)).toEqual({
      0: { full: 1, partial: [] },
      1: { full: 0, partial: [1] },
    });
    expect(counted(0)).toEqual({});
  });

  it('grow at their right edge only', () => {
    expect([...grownTiles(255, 257)]).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 0, index: 1, width: 1 },
      { level: 1, index: 0, width: 1 },
    ]);
    expect([...grownTiles(257, 300)]).toEqual([{ level: 0, index: 1, width: 44 }]);
    expect([...grownTiles(300, 300)]).toEqual([]);
    expect([...grownTiles(0xffff_ffff, 0x1_0000_0000)].map(({ level }) => level)).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });

  it('in any two trees differ by exactly the grown ones', () => {
    const size = fc.integer({ min: 0, max: 200_000 });
    const keys = (tiles: Iterable<Tile>) => new Set([...tiles].map((t) => JSON.stringify(t)));
    fc.assert(
      fc.property(size, size, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const before = keys(tilesOf(less));
        const after = keys(tilesOf(more));
        const added = [...after].filter((key) => !before.has(key));
        expect(keys(grownTiles(less, more))).toEqual(new Set(added));
      }),
      { numRuns: 60 },
    );
  });
});

/** Keeps tiles as growTiles says, in batches of these sizes. */
function storeTiles(leaves: Uint8Array[], batches: number[]) {
  const tiles = new Map<string, Uint8Array>();
  const frontier = new Frontier(nodeSha256);
  let from = 0;
  for (const batch of [...batches, leaves.length]) {
    for (const { level, index, start, hashes } of growTiles(
      frontier,
      leaves.slice(from, from + batch),
    )) {
      const key = `${level}/${index}`;
      const stored = tiles.get(key) ?? new Uint8Array(0);
      expect(start * 32).toBe(stored.length);
      tiles.set(key, Buffer.concat([stored, hashes]));
    }
    from += batch;
  }
  const read: TileReader = ({ level, index }) => tiles.get(`${level}/${index}`)!;
  return { tiles, read, frontier };
}

describe('a log kept as tiles', () => {
  const count = 66_100;
  const entries = Array.from({ length: count }, (_, i) => toUtf8(`entry ${i}`));
  const leaves = entries.map((entry) => hashLeaf(nodeSha256, entry));
  const stored = storeTiles(leaves, [1, 254, 1, 1, 300, 65_000, 0, 7]);

  it('has just the tiles of its size, in their width', () => {
    const expected = [...tilesOf(count)].map((t) => [`${t.level}/${t.index}`, t.width * 32]);
    const found = [...stored.tiles].map(([key, bytes]) => [key, bytes.length]);
    expect(new Map(found as [string, number][])).toEqual(new Map(expected as [string, number][]));
  });

  it('gives the roots of all its sizes, and proofs that hold between them', async () => {
    const size = fc.integer({ min: 1, max: count });
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const read = readHashesFrom(nodeSha256, more, stored.read);
        const tree = { size: more, root: naiveRoot(entries.slice(0, more)) };
        const older = { size: less, root: naiveRoot(entries.slice(0, less)) };
        expect(toHex(await rootFrom(nodeSha256, read, more))).toBe(toHex(tree.root));
        expect(toHex((await loadFrontier(nodeSha256, more, read)).root())).toBe(toHex(tree.root));
        const proof = await proveInclusion(nodeSha256, read, less - 1, more);
        checkInclusion(nodeSha256, leaves[less - 1]!, less - 1, proof, tree);
        checkConsistency(
          nodeSha256,
          older,
          tree,
          await proveConsistency(nodeSha256, read, less, more),
        );
      }),
      {
        numRuns: 8,
        examples: [
          [65_536, 65_537],
          [256, 66_048],
          [1, count],
        ],
      },
    );
  });

  it('reads each tile once for a proof', async () => {
    const asked: string[] = [];
    const read = readHashesFrom(nodeSha256, count, (tile) => {
      asked.push(tilePath(tile));
      return stored.read(tile);
    });
    await proveInclusion(nodeSha256, read, 12_345, count);
    expect(asked.toSorted()).toEqual([
      'tile/0/048',
      'tile/0/258.p/52',
      'tile/1/000',
      'tile/1/001.p/2',
    ]);
  });

  it('makes no proof that holds from a changed tile', async () => {
    const tree = { size: count, root: stored.frontier.root() };
    const read = readHashesFrom(nodeSha256, count, (tile) => {
      const bytes = Uint8Array.from(stored.read(tile) as Uint8Array);
      if (tile.level === 0 && tile.index === 48) bytes[300] = bytes[300]! ^ 1;
      return bytes;
    });
    const proof = await proveInclusion(nodeSha256, read, 48 * 256 + 200, count);
    expect(() =>
      checkInclusion(nodeSha256, leaves[48 * 256 + 200]!, 48 * 256 + 200, proof, tree),
    ).toThrow(expect.objectContaining({ kind: 'tampered' }));
  });

  it.each([
    ['cut off between hashes', 51 * 32, 'incomplete', 'has 51 hashes, but the tree has 52'],
    ['empty', 0, 'incomplete', 'has 0 hashes, but the tree has 52'],
    ['cut off within a hash', 51 * 32 + 5, 'unreadable', 'has 1637 bytes, not 1 to 256 hashes'],
    ['too long', 257 * 32, 'unreadable', 'has 8224 bytes, not 1 to 256 hashes'],
  ])('refuses a tile that is %s', async (_, length, kind, message) => {
    const read = readHashesFrom(nodeSha256, count, () => new Uint8Array(length));
    await expect(read(0, count - 1)).rejects.toMatchObject({
      kind,
      message: `tile 258 of level 0 ${message}`,
    });
  });

  it('reads no node that its size does not hold whole', async () => {
    const read = readHashesFrom(nodeSha256, 1_000, stored.read);
    await expect(read(0, 1_000)).rejects.toThrow(RangeError);
    await expect(read(4, 62)).rejects.toThrow(RangeError);
    await expect(read(8, 3)).rejects.toThrow(RangeError);
    expect(tileAt(0, 4, 1_000)).toBeNull();
  });
});

describe('entry bundles', () => {
  const entry = fc.uint8Array({ maxLength: 600 });

  it('are two bytes of length and the entry, one after another', () => {
    const long = new Uint8Array(258).fill(7);
    const bundle = encodeEntryBundle([toUtf8('ab'), new Uint8Array(0), long]);
    expect(toHex(bundle)).toBe(`00026162${'0000'}0102${'07'.repeat(258)}`);
  });

  it('come back', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 256 }), (entries) => {
        const parsed = parseEntryBundle(encodeEntryBundle(entries), entries.length);
        expect(parsed.length).toBe(entries.length);
        expect(parsed.every((one, i) => equalBytes(one, entries[i]!))).toBe(true);
      }),
    );
  });

  it('may have grown since, up to 256 entries', () => {
    const bundle = encodeEntryBundle(Array.from({ length: 256 }, (_, i) => toUtf8(`${i}`)));
    expect(parseEntryBundle(bundle, 3).map((bytes) => String.fromCharCode(...bytes))).toEqual([
      '0',
      '1',
      '2',
    ]);
    expect(() => parseEntryBundle(Buffer.concat([bundle, bundle.subarray(0, 3)]), 3)).toThrow(
      'the bundle has 3 bytes after 256 entries',
    );
  });

  it('cut off anywhere are incomplete, and say within which entry', () => {
    const bundle = encodeEntryBundle([toUtf8('first'), toUtf8('second')]);
    for (let length = 0; length < bundle.length; length++) {
      expect(() => parseEntryBundle(bundle.subarray(0, length), 2)).toThrow(
        expect.objectContaining({
          kind: 'incomplete',
          message:
            length === 0 || length === 7
              ? `the bundle has ${length === 0 ? 0 : 1} entries, but the tree has 2 there`
              : `the bundle ends within its entry ${length < 7 ? 0 : 1}`,
        }),
      );
    }
  });

  it('hold an entry of 65,535 bytes and none of 65,536', () => {
    const most = new Uint8Array(65_535).fill(1);
    expect(parseEntryBundle(encodeEntryBundle([most, most]), 2)[1]).toEqual(most);
    expect(() => encodeEntryBundle([most, new Uint8Array(65_536)])).toThrow(
      expect.objectContaining({
        kind: 'unreadable',
        message: 'entry 1 of the bundle has 65536 bytes; the most is 65535',
      }),
    );
    expect(() => encodeEntryBundle(Array(257).fill(new Uint8Array(1)))).toThrow(RangeError);
  });
});
