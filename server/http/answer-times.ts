import type { RequestHandler } from 'express';
import type { Metrics } from './metrics.ts';

/** Measures each answer, by kind of address: never the address itself. */
export function answerTimes(metrics: Pick<Metrics, 'answered'>): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const route = routeOf(request.path);
    response.on('finish', () => {
      metrics.answered(route, response.statusCode, (performance.now() - began) / 1_000);
    });
    next();
  };
}

function routeOf(path: string): string {
  if (path.startsWith('/api/v1/rooms/')) {
    const last = path.split('/')[5];
    return last === 'events' || last === 'admissions' ? `api.${last}` : 'api.room';
  }
  if (path.startsWith('/api/')) return 'api';
  if (/^\/log\/(checkpoint$|vkey$|tile\/)/.test(path)) return 'log';
  if (path.startsWith('/assets/')) return 'assets';
  return /^\/(healthz|readyz|metrics)$/.test(path) ? path.slice(1) : 'pages';
}
