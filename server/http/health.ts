import { timingSafeEqual } from 'node:crypto';
import { type RequestHandler, Router } from 'express';
import type { Registry } from 'prom-client';
import type { App } from '#server/app.ts';
import { hashToken } from '#server/auth/token.ts';

export interface HealthOptions {
  app: App;
  registry: Registry;
  /** Bearer token that /metrics asks for; undefined: none. */
  metricsToken: string | undefined;
  /** Whether the process has begun to stop. */
  stopping(): boolean;
  /** Whether the database's migrations are those of this code. */
  isMigrated(): Promise<boolean>;
}

/** More presence than this waiting means that the database doesn't keep up. */
const DEEPEST_INTAKE = 15_000;
const PATIENCE = 2_000;
/** How long an answer of the database serves, in milliseconds. */
const FRESH = 1_000;

/** /healthz: the process lives; /readyz: it should be given work; /metrics: for Prometheus. */
export function healthRoutes(options: HealthOptions): Router {
  const router = Router();
  const look = openLook(options.isMigrated);
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ ok: true });
  });
  router.get('/readyz', async (_request, response) => {
    const flaw = await flawOf(options, look);
    response.set('Cache-Control', 'no-store');
    response
      .status(flaw === null ? 200 : 503)
      .json(flaw === null ? { ok: true } : { ok: false, flaw });
  });
  router.get('/metrics', requireToken(options.metricsToken), async (_request, response, next) => {
    try {
      const text = await options.registry.metrics();
      response.set('Cache-Control', 'no-store').type(options.registry.contentType).send(text);
    } catch (error) {
      next(error);
    }
  });
  return router;
}

/** Anyone may ask how often they like: the database is asked once a second at most. */
function openLook(isMigrated: () => Promise<boolean>): () => Promise<boolean> {
  let begunAt = Number.NEGATIVE_INFINITY;
  let last: Promise<boolean> = Promise.resolve(false);
  return () => {
    if (performance.now() - begunAt < FRESH) return last;
    begunAt = performance.now();
    last = isMigrated();
    // Whoever asks hears of it; nobody may be asking any more.
    last.catch(() => {});
    return last;
  };
}

async function flawOf(
  { app, stopping }: HealthOptions,
  look: () => Promise<boolean>,
): Promise<string | null> {
  if (stopping()) return 'stopping';
  if (app.intakeDepth() > DEEPEST_INTAKE) return 'intake_behind';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, 'late');
  });
  try {
    const migrated = await Promise.race([look(), late]);
    if (migrated === 'late') return 'database_unreachable';
    return migrated ? null : 'migrations_missing';
  } catch {
    return 'database_unreachable';
  } finally {
    clearTimeout(timer);
  }
}

function requireToken(token: string | undefined): RequestHandler {
  const wanted = token === undefined ? null : Buffer.from(hashToken(token));
  return (request, response, next) => {
    const given = request.get('authorization')?.replace(/^Bearer /, '') ?? '';
    if (wanted === null || timingSafeEqual(Buffer.from(hashToken(given)), wanted)) return next();
    response.status(401).set('WWW-Authenticate', 'Bearer').end();
  };
}
