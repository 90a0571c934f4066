import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, openDb } from '#db/client.ts';
import { createLogKey } from '#server/audit/log-key.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { signJoinToken } from '#server/auth/join-token.ts';
import { startSession } from '#server/auth/sessions.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { addLeads, profileOf } from './crowd.ts';
import { type BenchDatabase, startBenchDatabase } from './database.ts';
import { type BenchProcess, freePort, startProcess } from './process.ts';

/** The server of production in a process of its own, with a database of its own. */
export interface BenchRostrum {
  url: string;
  server: BenchProcess;
  database: BenchDatabase;
  db: Db;
  /** Cookie header of a signed-in lead. */
  cookie: string;
  /** Opens a room on the platform's word. */
  openRoom(room: string): Promise<void>;
  /** Posts platform events into a room; throws when one is refused. */
  post(room: string, events: readonly object[]): Promise<void>;
  /** A join token that lives for ten minutes. */
  joinToken(room: string, member: string): Promise<string>;
  stop(): Promise<void>;
}

const SECRET = 'bench-platform-secret-of-32-bytes-or-more';
const JOIN_SECRET = 'bench-join-token-secret-of-32-bytes-or-more';

/**
 * Starts a server with production's settings, except for limits that only a flood would meet.
 * @param more variables of its environment
 */
export async function startBenchRostrum(more: Record<string, string> = {}): Promise<BenchRostrum> {
  await ensureBuilt();
  const database = await startBenchDatabase();
  const keyFile = join(database.dataDir, 'log-key');
  createLogKey(keyFile, 'rostrum.local/log');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    script: '../../server/index.ts',
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: url,
      DATABASE_URL: database.appUrl,
      SEQUENCER_DATABASE_URL: database.sequencerUrl,
      ROSTRUM_DATA_DIR: database.dataDir,
      LOG_KEY_FILE: keyFile,
      ACCOUNT_KEY: 'bench-account-key-of-32-characters-or-more',
      REQUIRE_SECOND_FACTOR: '0',
      PLATFORM_KEYS: `bench:${SECRET}:events+admissions+rooms`,
      JOIN_TOKEN_KEYS: `bench:${JOIN_SECRET}`,
      API_CALLS_PER_MINUTE: '1000000',
      PAGES_PER_MINUTE: '1000000',
      ACTOR_PAGES_PER_MINUTE: '1000000',
      LOG_LEVEL: 'warn',
      ...more,
    },
  });
  await untilReady(url, server);
  const db = openDb({ url: database.appUrl, max: 4 });

  async function post(room: string, events: readonly object[]): Promise<void> {
    const response = await fetch(`${url}/api/v1/rooms/${room}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    const answer = (await response.json()) as { accepted?: number; results?: object[] };
    if (answer.accepted !== events.length) {
      throw new Error(`Events were refused: ${JSON.stringify(answer).slice(0, 300)}`);
    }
  }

  return {
    url,
    server,
    database,
    db,
    cookie: await signIn(db),
    openRoom: (room) =>
      post(room, [{ type: 'room_opened', id: 'opened', title: `Bench ${room}`, language: 'en' }]),
    post,
    async joinToken(room, member) {
      const keys = [{ id: 'bench', secret: Buffer.from(JOIN_SECRET) }];
      const said = { room, member, role: 'listener' as const, profile: profileOf(member) };
      return (await signJoinToken(keys, said, 600)).token;
    },
    async stop() {
      await db.close();
      await server.stop();
      await database.stop();
    },
  };
}

async function signIn(db: Db): Promise<string> {
  const [lead] = await addLeads(db, 1);
  if (lead?.kind !== 'operator') throw new Error('There is no lead');
  const session = db.sql.begin((tx) =>
    startSession(tx, { kind: 'operator', id: lead.id }, { idleMinutes: 60, maxHours: 1 }),
  );
  const [cookie] = writeCookie((await session) as string, 3_600, false).split(';');
  return cookie as string;
}

async function untilReady(url: string, server: BenchProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    const failed = server.failure();
    if (failed !== null) throw new Error(`The server does not start: ${failed}`);
    await sleep(100);
  }
  throw new Error('The server is not ready after 30 s');
}
