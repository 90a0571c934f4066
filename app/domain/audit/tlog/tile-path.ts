import { fromDecimal } from './encoding.ts';
import { TILE_WIDTH } from './tile.ts';
import { TlogError } from './tlog-error.ts';

/** A tile of hashes at a level of 0..63, or a bundle of entries; width 1..256. */
export interface TilePath {
  level: number | 'entries';
  index: number;
  width: number;
}

const PATH = /^tile\/(entries|[0-9]+)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([0-9]+))?$/;

/**
 * Path below the log's address (c2sp.org/tlog-tiles): `tile/0/x001/x234/067`, for part of a tile
 * `tile/0/x001/x234/067.p/8`, for entries `tile/entries/000`.
 */
export function tilePath({ level, index, width }: TilePath): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const place = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${place}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/**
 * Reads tilePath's form back; each tile has one path only.
 * @throws {TlogError} unreadable
 */
export function parseTilePath(path: string): TilePath {
  const [, level = '', place = '', width] = PATH.exec(path) ?? [];
  if (level === '') throw new TlogError('unreadable', 'this is not the path of a tile');
  const tile: TilePath = {
    level: level === 'entries' ? level : fromDecimal(level, "the tile's level"),
    index: fromDecimal(place.replace(/[x/]/g, '').replace(/^0+(?=.)/, ''), "the tile's index"),
    width: width === undefined ? TILE_WIDTH : fromDecimal(width, "the tile's width"),
  };
  if (typeof tile.level === 'number' && tile.level > 63) {
    throw new TlogError('unreadable', "the tile's level is above 63");
  }
  if (width !== undefined && !(tile.width >= 1 && tile.width < TILE_WIDTH)) {
    throw new TlogError('unreadable', 'a partial tile has 1 to 255 hashes');
  }
  if (tilePath(tile) !== path) {
    throw new TlogError('unreadable', "the tile's index has more digits than it needs");
  }
  return tile;
}
