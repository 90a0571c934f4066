import type { RequestHandler } from 'express';

/**
 * Refuses what another site's page makes a browser send: requests that change something must come
 * from one of our own origins. Browsers that don't say where from are judged by Origin alone.
 * @param isOwn whether an origin such as `https://rostrum.example` is ours
 */
export function requireSameOrigin(isOwn: (origin: string) => boolean): RequestHandler {
  return (request, response, next) => {
    if (/^(GET|HEAD|OPTIONS)$/.test(request.method)) return next();
    const site = request.get('sec-fetch-site');
    const origin = request.get('origin');
    const same = site === undefined || site === 'same-origin';
    if (same && (origin === undefined ? site !== undefined : isOwn(origin))) return next();
    response.status(403).type('text/plain').send('This request came from another site.');
  };
}
