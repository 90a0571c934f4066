import { type RequestHandler, type Response, Router } from 'express';
import { TILE_WIDTH } from '#app/domain/audit/tlog/tile.ts';
import { parseTilePath, type TilePath } from '#app/domain/audit/tlog/tile-path.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Sql } from '#db/client.ts';
import { readCheckpointNote, readTileFile, readVkeys } from '#server/audit/published-log.ts';
import { limitByNetwork, type RateLimit } from './rate-limit.ts';

/** Seconds that whoever passes answers on may keep them. */
const KEEP = { checkpoint: 1, vkey: 60, partial: 60, full: 31_536_000 };

/**
 * The log's public files below /log, as c2sp.org/tlog-tiles names them: checkpoint, tiles, entries,
 * and the public keys. They name nobody, so anyone may read them, from any site.
 */
export function logSite({ sql }: { sql: Sql }, limit: RateLimit): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const paths = ['/checkpoint', '/vkey', '/tile'];
  router.use(paths, limitByNetwork(limit), (request, response, next) => {
    response.set({ 'Access-Control-Allow-Origin': '*', 'X-Content-Type-Options': 'nosniff' });
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    response.set('Allow', 'GET, HEAD');
    refuse(response, 405, 'These files are only read.');
  });
  router.get(
    '/checkpoint',
    answered(async (_request, response) => {
      const note = await readCheckpointNote(sql);
      if (note === null) return refuse(response, 404, 'Nothing was signed yet.');
      keepFor(response, KEEP.checkpoint).type('text/plain').send(note);
    }),
  );
  router.get(
    '/vkey',
    answered(async (_request, response) => {
      const note = await readCheckpointNote(sql);
      if (note === null) return refuse(response, 404, 'Nothing was signed yet.');
      const vkeys = await readVkeys(sql, note);
      keepFor(response, KEEP.vkey)
        .type('text/plain')
        .send(`${vkeys.join('\n')}\n`);
    }),
  );
  router.get(
    /^\/tile\//,
    answered(async (request, response) => {
      const tile = pathOf(request.path.slice(1));
      if (tile === null) return refuse(response, 400, 'This is not the path of a tile.');
      const bytes = await readTileFile(sql, tile);
      if (bytes === null) return refuse(response, 404, 'The log has not grown so far.');
      keepFor(response, tile.width === TILE_WIDTH ? KEEP.full : KEEP.partial)
        .type('application/octet-stream')
        .send(Buffer.from(bytes));
    }),
  );
  return router;
}

function pathOf(path: string): TilePath | null {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (error instanceof TlogError) return null;
    throw error;
  }
}

function keepFor(response: Response, seconds: number): Response {
  const immutable = seconds === KEEP.full ? ', immutable' : '';
  return response.set('Cache-Control', `public, max-age=${seconds}${immutable}`);
}

function refuse(response: Response, status: number, words: string): void {
  response.status(status).set('Cache-Control', 'no-store').type('text/plain').send(words);
}

function answered(answer: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler {
  return (request, response, next) => void answer(request, response, next).catch(next);
}
