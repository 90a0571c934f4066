import type { Tile, TileReader } from '#app/domain/audit/tlog/tile.ts';
import { tilePath } from '#app/domain/audit/tlog/tile-path.ts';

/** The log's public files, as its site gives them. */
export interface LogFiles {
  /** The newest checkpoint's note; null while nothing was signed. @throws when it can't be had */
  checkpoint(): Promise<string | null>;
  /** Public keys, one a line. @throws when they can't be had */
  vkeys(): Promise<string[]>;
  /** @throws when the tile can't be had */
  tile: TileReader;
  /** The bundle of the entries below a tile of level 0. @throws when it can't be had */
  entries(tile: Tile): Promise<Uint8Array>;
}

/** The files of this origin's own log, below /log. Nothing but full tiles comes from a cache. */
export const ownLogFiles: LogFiles = {
  async checkpoint() {
    const response = await fetch('/log/checkpoint', { cache: 'no-store' });
    if (response.status === 404) return null;
    return (await answered(response)).text();
  },
  async vkeys() {
    const response = await answered(await fetch('/log/vkey', { cache: 'no-store' }));
    return (await response.text()).split('\n').filter((line) => line !== '');
  },
  async tile(tile) {
    const response = await answered(await fetch(`/log/${tilePath(tile)}`));
    return new Uint8Array(await response.arrayBuffer());
  },
  async entries(tile) {
    const path = tilePath({ ...tile, level: 'entries' });
    const response = await answered(await fetch(`/log/${path}`));
    return new Uint8Array(await response.arrayBuffer());
  },
};

async function answered(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return response;
}
