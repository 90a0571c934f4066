import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequestHandler } from '@remix-run/express';
import compression from 'compression';
import express, { type ErrorRequestHandler, type Router } from 'express';
import { noteThrottled } from './auth/note-throttled.ts';
import type { Config } from './config.ts';
import { answerTimes } from './http/answer-times.ts';
import { askerOf, limitByActor } from './http/asker.ts';
import { type ContextOptions, loadContext } from './http/load-context.ts';
import type { Metrics } from './http/metrics.ts';
import { ownOrigin } from './http/own-origin.ts';
import type { Pages } from './http/pages.ts';
import { limitByNetwork, networkOf, openRateLimit } from './http/rate-limit.ts';
import { requireSameOrigin } from './http/same-origin.ts';
import { nonceOf, securityHeaders } from './http/security-headers.ts';
import { awaitBody } from './http/whole-body.ts';
import type { Log } from './log.ts';
import type { CallLimit } from './platform/call-limit.ts';

export interface HttpOptions {
  config: Pick<Config, 'http' | 'limits' | 'production'>;
  log: Log;
  pages: Pages;
  context: ContextOptions;
  metrics: Metrics;
  /** /healthz, /readyz, /metrics. */
  health: Router;
  /** Answers below /api/v1. */
  api: Router;
  /** The audit log's public files, below /log. */
  logSite: Router;
  /** What one signed-in person may ask. */
  actorLimit: CallLimit;
}

/** Largest body of a page's form, in bytes. */
const LARGEST_FORM = 64 * 1024;

/** Makes the one HTTP server, with limits against clients that are slow on purpose. */
export function makeHttpServer(): Server {
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16 * 1024,
    connectionsCheckingInterval: 5_000,
  });
  server.maxHeadersCount = 100;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return server;
}

/** Answers the server's requests: health, the platform's API, files, and the console's pages. */
export function answerRequests(server: Server, options: HttpOptions): void {
  const { config, log, pages, context, metrics, health, api, logSite, actorLimit } = options;
  const { publicUrl, trustProxy } = config.http;
  const own = ownOrigin(publicUrl, () => portOf(server), trustProxy > 0);
  const pageLimit = openRateLimit(config.limits.pagesPerMinute);
  const signInLimit = openRateLimit(config.limits.signInsPerMinute, Date.now, () => {
    context.app.db
      .begin((tx) => noteThrottled(tx, 'network', null))
      .catch((error) => log.error({ error }, 'refused sign-ins were not noted'));
  });
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.set('etag', false);
  app.use(answerTimes(metrics));
  app.use(health);
  app.use('/api/v1', api);
  app.use('/log', logSite);

  app.use(
    ...securityHeaders({
      publicUrl,
      production: config.production,
      looseStyles: pages.looseStyles,
    }),
  );
  app.use(own.requireOwnHost, requireSameOrigin(own.isOwn));
  app.use(compression());
  app.use(pages.files);
  app.use(limitByNetwork(pageLimit));
  app.use((request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    const unsaid = request.get('transfer-encoding') !== undefined;
    const length = Number(request.get('content-length') ?? 0);
    if (length <= LARGEST_FORM && !unsaid) return next();
    response
      .status(unsaid ? 411 : 413)
      .type('text/plain')
      .send('Forms are small here.');
  });
  const { app: rostrum, limits, secure } = context;
  app.use(awaitBody);
  app.use(limitByActor(actorLimit, { db: rostrum.db, limits, secure }));
  app.use(
    createRequestHandler({
      build: pages.build,
      mode: pages.mode,
      getLoadContext: (request, response) =>
        loadContext(
          request,
          nonceOf(response.locals),
          askerOf(response.locals),
          () => signInLimit.take(networkOf(request), response),
          context,
        ) as never,
    }),
  );
  app.use(answerBug(log));
  server.on('request', app);
}

/** The port a server listens on; 0 before it does. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo | null)?.port ?? 0;
}

/** Where a listening server can be reached from this machine. */
export function urlOf(server: Server, host: string): string {
  const any = host === '0.0.0.0' || host === '::';
  const named = any ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${named}:${portOf(server)}`;
}

/** Begins to listen. @throws when the port is taken */
export function listen(server: Server, { host, port }: Config['http']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Takes no more connections and waits for the answers under way, 3 s at most. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), 3_000);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** A bug, or the database gone: the answer says no more than that. */
function answerBug(log: Log): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    log.error({ error }, 'a request failed');
    if (response.headersSent) response.destroy();
    else response.status(500).type('text/plain').send('Something went wrong here.');
  };
}
