import type { Server } from 'node:http';
import { Router } from 'express';
import { buildApp } from './app.ts';
import { keepJoinKeys } from './config/join-keys.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { healthRoutes } from './http/health.ts';
import { openMetrics } from './http/metrics.ts';
import { type OpenPages, openBuiltPages } from './http/pages.ts';
import { answerRequests, makeHttpServer, portOf } from './http.ts';
import { endWithSignals } from './life-cycle.ts';
import { type Log, openLog } from './log.ts';
import { openDatabase } from './open-database.ts';

/** A running server. */
export interface Rostrum {
  /** Where it answers on this machine. */
  url: string;
  /** Stops in order, within ten seconds; may be called twice. */
  stop(): Promise<void>;
}

export interface StartOptions {
  log?: Log;
  /** Default: what `npm run build` made. */
  openPages?: OpenPages;
}

/**
 * Builds everything and listens.
 * @throws with a message for people when something can't be opened; what was opened is closed
 */
export async function startRostrum(config: Config, options: StartOptions = {}): Promise<Rostrum> {
  const log = options.log ?? openLog(config.logLevel);
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return await compose(config, log, options.openPages ?? openBuiltPages, opened, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function compose(
  config: Config,
  log: Log,
  openPages: OpenPages,
  opened: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Rostrum> {
  let stopping: Promise<void> | undefined;
  const database = await openDatabase(config);
  opened.push(database.close);
  const app = buildApp(database.db, { limits: config.limits });
  opened.push(() => app.drain());

  const server = makeHttpServer();
  const pages = await openPages(server);
  opened.push(() => pages.close());
  const joinKeys =
    config.joinTokenKeys.length > 0 || database.dataDir === undefined
      ? config.joinTokenKeys
      : keepJoinKeys(database.dataDir);
  const metrics = openMetrics(app, {});
  const health = healthRoutes({
    app,
    registry: metrics.registry,
    metricsToken: config.http.metricsToken,
    stopping: () => stopping !== undefined,
    isMigrated: database.isMigrated,
  });
  answerRequests(server, {
    config,
    log,
    pages,
    metrics,
    health,
    api: Router(),
    context: {
      app,
      limits: config.session,
      secure: config.http.publicUrl?.startsWith('https:') ?? false,
      listRooms: async () => null,
      sessionEnded: () => {},
    },
  });
  void joinKeys;
  await listen(server, config.http);
  opened.push(() => stopListening(server));
  const host = config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host;
  const url = `http://${host}:${portOf(server)}`;
  log.info({ url, role: config.role }, 'listening');
  return {
    url,
    stop() {
      stopping ??= closeAll().then(() => log.info('stopped'));
      return stopping;
    },
  };
}

function listen(server: Server, { host, port }: Config['http']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Takes no more connections and waits for the answers under way, 3 s at most. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), 3_000);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

if (import.meta.main) {
  try {
    const config = readConfig();
    process.env.NODE_ENV ??= 'production';
    const log = openLog(config.logLevel);
    endWithSignals(await startRostrum(config, { log }), log);
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : describe(error)}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  return `Rostrum can't start: ${error instanceof Error ? error.message : String(error)}`;
}
