import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_ENTRY_SIZE } from '#app/domain/audit/tlog/entry-bundle.ts';
import { TILE_WIDTH } from '#app/domain/audit/tlog/tile.ts';
import { type TilePath, tilePath } from '#app/domain/audit/tlog/tile-path.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';

/** The published files of a log. */
export interface SiteFiles {
  /** For people. */
  name: string;
  /**
   * A file's bytes by its path below the log's address; null when there is none.
   * @throws {TlogError} unreadable when it can't be had
   */
  read(path: string): Promise<Uint8Array | null>;
}

/** Files of a folder, or below an address that begins with http. */
export function openSite(place: string): SiteFiles {
  return /^https?:\/\//.test(place) ? webSite(place.replace(/\/+$/, '')) : folderSite(place);
}

function folderSite(folder: string): SiteFiles {
  return {
    name: folder,
    async read(path) {
      try {
        return await readFile(join(folder, path));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return null;
        throw new TlogError('unreadable', `${join(folder, path)} can't be read (${code})`);
      }
    },
  };
}

const LONGEST_ANSWER = 30_000;
const TRIES = 3;
const LARGEST = TILE_WIDTH * (2 + MAX_ENTRY_SIZE);

function webSite(base: string): SiteFiles {
  async function fetchOnce(url: string): Promise<Uint8Array | null | 'again'> {
    const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST_ANSWER) });
    if (response.status === 404) return null;
    if (response.status === 429 || response.status >= 500) {
      await sleep(Math.min(Number(response.headers.get('retry-after')) || 1, 60) * 1_000);
      return 'again';
    }
    if (!response.ok) throw new TlogError('unreadable', `${url} answers ${response.status}`);
    return readUpTo(response, LARGEST, url);
  }

  return {
    name: base,
    async read(path) {
      const url = `${base}/${path}`;
      let why = 'answers that it is busy';
      for (let attempt = 0; attempt < TRIES; attempt++) {
        try {
          const answer = await fetchOnce(url);
          if (answer !== 'again') return answer;
        } catch (error) {
          if (error instanceof TlogError) throw error;
          why = `can't be had (${reasonOf(error)})`;
        }
      }
      throw new TlogError('unreadable', `${url} ${why}`);
    },
  };
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string }; message?: string };
  return cause?.code ?? message ?? 'no answer';
}

async function readUpTo(response: Response, most: number, url: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) break;
    length += value.length;
    if (length > most) {
      await reader?.cancel();
      throw new TlogError('unreadable', `${url} answers more than ${most} bytes`);
    }
    parts.push(value);
  }
  return Buffer.concat(parts);
}

/**
 * A tile's or bundle's bytes. Where only part of one is wanted and that file is gone, the whole one
 * begins with it.
 * @throws {TlogError} incomplete when there is neither
 */
export async function readTileOf(site: SiteFiles, tile: TilePath): Promise<Uint8Array> {
  const bytes = await site.read(tilePath(tile));
  if (bytes !== null) return bytes;
  const whole =
    tile.width < TILE_WIDTH ? await site.read(tilePath({ ...tile, width: TILE_WIDTH })) : null;
  if (whole === null) throw new TlogError('incomplete', `${tilePath(tile)} is missing`);
  return whole;
}
