import type { Server } from 'node:http';
import { canAlterLog } from '#db/least-privilege.ts';
import { apiRoutes } from './api/router.ts';
import { type App, buildApp } from './app.ts';
import { startSequencer } from './audit/sequencer/start.ts';
import type { Accounts } from './auth/accounts.ts';
import { openHostVerifier } from './auth/host-token.ts';
import { identifyConsole, identifyMember } from './auth/identify.ts';
import { openAccounts } from './auth/open-accounts.ts';
import { hashToken } from './auth/token.ts';
import { keepJoinKeys } from './config/join-keys.ts';
import type { Config } from './config.ts';
import { noteConsoleUrl } from './console-url.ts';
import { addHashingCounter } from './http/hashing-metrics.ts';
import { healthRoutes } from './http/health.ts';
import { addLogGauges } from './http/log-metrics.ts';
import { logSite } from './http/log-site.ts';
import { type Metrics, openMetrics } from './http/metrics.ts';
import { type OpenPages, openBuiltPages, type Pages } from './http/pages.ts';
import { openRateLimit } from './http/rate-limit.ts';
import { addWebhookGauges } from './http/webhook-metrics.ts';
import { answerRequests, listen, makeHttpServer, stopListening, urlOf } from './http.ts';
import { type Cohort, type Cohorts, openCohorts } from './incidents/cohort.ts';
import { openIncidentWatch } from './incidents/watch.ts';
import { openPeersWaking } from './jobs/enforcement/wake.ts';
import { openEnforcementWorker } from './jobs/enforcement.ts';
import { openLoop } from './jobs/loop.ts';
import { scheduleOf } from './jobs/schedule.ts';
import { type Log, openLog } from './log.ts';
import { measure } from './measure.ts';
import { openBuiltInPlane } from './media/built-in.ts';
import type { MediaPlane } from './media/plane.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { openCallLimit } from './platform/call-limit.ts';
import { type KeyRing, openKeyRing } from './platform/key-ring.ts';
import type { MemberSessions } from './realtime/member-sessions.ts';
import { openSockets, type Sockets } from './realtime/sockets.ts';
import { listRoomsFor } from './rooms/list-rooms.ts';
import type { Sealing } from './webhooks/signature.ts';
import { openWebhookWorker } from './webhooks/worker.ts';

/** A running server. */
export interface Rostrum {
  /** Where it answers on this machine. */
  url: string;
  app: App;
  /** Stops in order, within ten seconds; may be called twice. */
  stop(): Promise<void>;
}

export interface StartOptions {
  log?: Log;
  /** Default: what `npm run build` made. */
  openPages?: OpenPages;
  /** What enforces rights. Default: the members' own sockets. */
  openPlane?: (sessions: MemberSessions) => MediaPlane;
  /** What time it is for everything that happens by itself. Default: now. */
  clock?: () => number;
}

/** What has been opened, to be closed in the opposite order. */
interface Stage {
  config: Config;
  log: Log;
  onClose(close: () => unknown): void;
  isStopping(): boolean;
}

/**
 * Builds everything and listens.
 * @throws with a message for people when something can't be opened; what was opened is closed
 */
export async function startRostrum(config: Config, options: StartOptions = {}): Promise<Rostrum> {
  const log = options.log ?? openLog(config.logLevel);
  const closers: (() => unknown)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= closeAll(closers, log);
    return stopping;
  };
  const stage: Stage = {
    config,
    log,
    onClose: (close) => void closers.push(close),
    isStopping: () => stopping !== undefined,
  };
  try {
    const { url, app } = await compose(stage, options);
    return { url, app, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function closeAll(closers: (() => unknown)[], log: Log): Promise<void> {
  for (const close of closers.splice(0).reverse()) {
    // What comes after must be closed all the same.
    await Promise.resolve()
      .then(close)
      .catch((error) => log.error({ error }, 'something did not close'));
  }
  log.info('stopped');
}

async function compose(stage: Stage, options: StartOptions): Promise<{ url: string; app: App }> {
  const { config, log, onClose } = stage;
  const database = await openDatabase(config);
  onClose(database.close);
  if (!(await database.isMigrated())) {
    throw new Error('The database is not up to date: run `npm run migrate` first.');
  }
  if (await canAlterLog(database.db.sql)) {
    throw new Error('DATABASE_URL names a role that could change the audit log: use rostrum_app.');
  }
  const sequencer = await startSequencer(config, database, log);
  onClose(() => sequencer?.stop());
  const built = buildApp(database.db, {
    limits: config.limits,
    failed: (error) => log.error({ err: error }, 'A committed change was not passed on'),
  });
  const metrics = openMetrics(built);
  addLogGauges(metrics.registry, database.db.sql, sequencer);
  addWebhookGauges(metrics.registry, database.db.sql);
  const app = measure(built, metrics);
  const cohorts = openCohorts(database.db);

  const server = makeHttpServer();
  const pages = await (options.openPages ?? openBuiltPages)(server);
  onClose(pages.close);
  const joinKeys = joinKeysOf(config, database);
  const cohortOf = (network: string) => cohorts.of(network, Date.now());
  const sockets = await openSockets(server, {
    app,
    authenticateConsole: identifyConsole(database.db, isSecure(config), config.session),
    verifyJoinToken: identifyMember(joinKeys),
    cohortOf,
    trustProxy: config.http.trustProxy,
    requireFactor: config.session.requireFactor,
    ...(config.http.publicUrl !== undefined && { allowedOrigins: [config.http.publicUrl] }),
    ...(config.redisUrl !== undefined && { redisUrl: config.redisUrl }),
    log,
    metrics: metrics.sockets,
  });
  metrics.watch(sockets.counts);
  const accounts = openAccounts({
    config,
    dataDir: database.dataDir,
    db: app.db,
    cohortOf,
    endSockets: sockets.endSession,
    moveSockets: sockets.moveSession,
    log,
    hashingLost: addHashingCounter(metrics.registry),
  });
  startWork(stage, options, { app, cohorts, sockets, sealing: accounts.key });
  onClose(() => app.drain());

  const keys = openKeyRing({
    db: database.db,
    configured: config.platformKeys,
    failed: (error) => log.error({ error }, "a platform key's use was not noted"),
  });
  sockets.peers.answer('platform:keys_changed', keys.forget);
  answer(stage, {
    server,
    pages,
    app,
    metrics,
    database,
    sockets,
    accounts,
    joinKeys,
    keys,
    cohortOf,
  });
  onClose(() =>
    // A socket is a connection too: the server is closed only when they are.
    Promise.all([stopListening(server), sockets.close()]),
  );
  await listen(server, config.http);
  const url = urlOf(server, config.http.host);
  if (database.dataDir !== undefined) {
    onClose(noteConsoleUrl(database.dataDir, config.http.publicUrl ?? url));
  }
  log.info({ url, role: config.role }, 'listening');
  return { url, app };
}

/** Enforcement, incidents and everything that happens by itself; not in a `web` process. */
function startWork(
  { config, log, onClose }: Stage,
  { openPlane = openBuiltInPlane, clock = Date.now }: StartOptions,
  parts: { app: App; cohorts: Cohorts; sockets: Sockets; sealing: Sealing },
) {
  const { app, cohorts, sockets, sealing } = parts;
  const incidents = openIncidentWatch(app, log);
  onClose(() => incidents.stop());
  const { sessions, peers } = sockets;
  if (config.role === 'web') {
    app.onCommitted(openPeersWaking(() => peers.tell('enforcement:wake')));
    return;
  }
  const plane = openPlane(sessions);
  const { db, committed } = app;
  const worker = openEnforcementWorker({ db, plane, committed, log });
  onClose(() => worker.stop());
  app.onCommitted(worker.heed);
  peers.answer('enforcement:wake', worker.wake);
  const send = { strict: config.production, timeoutMs: 10_000 };
  const webhooks = openWebhookWorker({ db, log, send, sealing });
  onClose(() => webhooks.stop());
  const jobs = scheduleOf({ app, cohorts, reconcilePresence: sockets.reconcilePresence });
  const loop = openLoop(db, log, jobs, clock);
  onClose(() => loop.stop());
}

interface Parts {
  server: Server;
  pages: Pages;
  app: App;
  metrics: Metrics;
  database: OpenDatabase;
  sockets: Sockets;
  joinKeys: Config['joinTokenKeys'];
  keys: KeyRing;
  accounts: Accounts;
  cohortOf: (network: string) => Promise<Cohort | null>;
}

function answer({ config, log, isStopping }: Stage, parts: Parts): void {
  const { server, pages, app, metrics, database, sockets, accounts, joinKeys, keys, cohortOf } =
    parts;
  const secure = isSecure(config);
  const { apiCallsPerMinute, actorPagesPerMinute, signInsPerMinute, logReadsPerMinute } =
    config.limits;
  // Alone, a process needs nobody to count with.
  const shared = config.redisUrl === undefined ? undefined : app.db.sql;
  answerRequests(server, {
    config,
    log,
    pages,
    metrics,
    health: healthRoutes({
      app,
      registry: metrics.registry,
      metricsToken: config.http.metricsToken,
      stopping: isStopping,
      isMigrated: database.isMigrated,
    }),
    api: apiRoutes({
      app,
      log,
      cohortOf,
      joinKeys,
      tokenSeconds: config.joinTokenSeconds,
      keys,
      calls: openCallLimit({ usual: apiCallsPerMinute, shared }),
      failures: openRateLimit(signInsPerMinute),
    }),
    actorLimit: openCallLimit({ usual: actorPagesPerMinute, shared }),
    logSite: logSite(app.db, openRateLimit(logReadsPerMinute)),
    context: {
      app,
      accounts,
      limits: config.session,
      secure,
      listRooms: listRoomsFor(app.db),
      sessionEnded: (token) => sockets.endSession(hashToken(token)),
      operators: {
        minutes: config.session.invitationMinutes,
        operatorChanged: sockets.operatorChanged,
      },
      verifyHost: config.hostLinks ? openHostVerifier(config.hostLinks) : null,
      platform: {
        configured: config.platformKeys,
        usualCalls: apiCallsPerMinute,
        webhooks: { strict: config.production, sealing: accounts.key },
        keysChanged() {
          keys.forget();
          sockets.peers.tell('platform:keys_changed');
        },
      },
    },
  });
}

function isSecure({ http }: Config): boolean {
  return http.publicUrl?.startsWith('https:') ?? false;
}

function joinKeysOf(config: Config, { dataDir }: OpenDatabase): Config['joinTokenKeys'] {
  if (config.joinTokenKeys.length > 0 || dataDir === undefined) return config.joinTokenKeys;
  return keepJoinKeys(dataDir);
}
