import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Db, openDb } from '#db/client.ts';
import { startEmbedded } from '#db/embedded.ts';
import { type Random, randomFrom } from '#server/demo/random.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { compare, openEnforcements } from '#test/support/load/compare.ts';
import { type Load, startLoad } from '#test/support/load/start-load.ts';
import { cloneDatabase } from '#test/support/postgres.ts';
import { roomyFolder } from '#test/support/roomy-folder.ts';
import { ENVIRONMENT } from '#test/support/rostrum.ts';
import { eventually } from '#test/support/server.ts';
import { keepablePort, startServerProcess } from '#test/support/server-process.ts';

const GONE_MS = 10_000;
/** Claims of a killed worker hold for ten seconds before another takes them over. */
const UNTIL_QUIET = 30_000;

beforeAll(ensureBuilt, 120_000);

/** A seed of its own for each run, printed so that a failure's decisions can be made again. */
function seedOfRun(): { seed: number; chance: Random } {
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
  console.info(`CRASH_SEED=${seed}`);
  return { seed, chance: randomFrom(seed) };
}

interface Urls {
  appUrl: string;
  ownerUrl: string;
}

/** A server in a process of its own, which can be killed and started again at the same address. */
async function startKillable(more: Record<string, string>) {
  const port = String(await keepablePort());
  const environment = { ...ENVIRONMENT, ...more, PORT: port, DESTRUCTIVE_PER_MINUTE: '10000' };
  let server = await startServerProcess(environment);
  onTestFinished(() => server.kill());
  return {
    url: server.url,
    lives: () => server.lives(),
    kill: () => server.kill(),
    async start() {
      server = await startServerProcess(environment);
    },
  };
}

async function begin(url: string, db: Db, seed: number, membersPerRoom: number): Promise<Load> {
  const load = await startLoad({ url, db, seed, rooms: ['tea', 'verse'], membersPerRoom });
  onTestFinished(() => load.close());
  return load;
}

async function more(load: Load, answers: number): Promise<void> {
  const enough = load.acknowledged() + answers;
  await eventually(load.acknowledged, (now) => now >= enough, 20_000);
}

/** Ends the load, brings everyone in who may be, and compares. @returns what doesn't agree */
async function findAmiss(load: Load, { appUrl, ownerUrl }: Urls): Promise<string[]> {
  const db = openDb({ url: appUrl, max: 2 });
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  const isDecided = (answer: { ok: boolean; reason?: string } | null) =>
    answer?.ok === true || answer?.reason === 'removed';
  try {
    await load.quiet();
    for (const client of load.clients) {
      if (client.state() !== null) continue;
      const answer = await eventually(client.join, isDecided, UNTIL_QUIET);
      if (answer?.ok === false) client.socket.disconnect();
    }
    await eventually(
      () => openEnforcements(db),
      (open) => open === 0,
      UNTIL_QUIET,
    );
    // The last words are still on their way to clients and screens.
    const all = () => compare(load, db, owner);
    return await eventually(all, (found) => found.length === 0).catch(all);
  } finally {
    await Promise.all([db.close(), owner.end()]);
  }
}

/** Goes on until each kind of thing has happened often: an agreement about nothing is none. */
async function muchOf(load: Load, commands: number): Promise<void> {
  const isMuch = () => {
    const answers = load.operators.flatMap(({ answered }) => [...answered.values()]);
    const said = (what: string) => load.claims.filter((claim) => claim.said === what).length;
    const acts = answers.filter(({ ok }) => ok).length;
    return acts > commands && ['here', 'away', 'hand_up', 'floor_held'].every((it) => said(it) > 5);
  };
  await eventually(isMuch, (much) => much, 30_000);
}

/** Cuts every connection to a database and lets none in. @returns what brings it back */
async function takeAway({ ownerUrl }: Urls): Promise<() => Promise<void>> {
  const name = new URL(ownerUrl).pathname.slice(1);
  const elsewhere = Object.assign(new URL(ownerUrl), { pathname: 'postgres' }).href;
  const allow = async (isAllowed: boolean) => {
    const sql = postgres(elsewhere, { max: 1, onnotice: () => {} });
    await sql.unsafe(`alter database ${name} allow_connections ${isAllowed}`);
    if (!isAllowed) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
    }
    await sql.end();
  };
  await allow(false);
  return () => allow(true);
}

describe('a server that is killed', () => {
  it('loses nothing it acknowledged, and everyone hears what holds', async () => {
    const base = await cloneDatabase();
    onTestFinished(() => base.drop());
    const { seed, chance } = seedOfRun();
    const server = await startKillable({ DATABASE_URL: base.appUrl });
    const load = await begin(server.url, base.db, seed, 40);
    for (let kill = 0; kill < 4; kill++) {
      await more(load, chance.whole(200, 800));
      await server.kill();
      await server.start();
    }
    await more(load, 500);
    await muchOf(load, 50);
    expect(await findAmiss(load, base)).toEqual([]);
  }, 90_000);

  it('loses nothing either when its own database is killed with it', async () => {
    const dataDir = mkdtempSync(join(roomyFolder(), 'rostrum-crash-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const { seed, chance } = seedOfRun();
    const server = await startKillable({ ROSTRUM_DATA_DIR: dataDir });
    const before = await startEmbedded({ dataDir });
    const db = openDb({ url: before.appUrl, max: 2 });
    const load = await begin(server.url, db, seed, 10);
    await db.close();
    await more(load, chance.whole(200, 400));
    const [postmaster] = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(postmaster), 'SIGKILL');
    await server.kill();
    await server.start();
    await more(load, 200);
    await muchOf(load, 10);
    expect(await findAmiss(load, await startEmbedded({ dataDir }))).toEqual([]);
  }, 60_000);
});

describe('a database that is gone for ten seconds', () => {
  it('costs nothing that was acknowledged; the server says so, lives, and recovers', async () => {
    const base = await cloneDatabase();
    onTestFinished(() => base.drop());
    const server = await startKillable({ DATABASE_URL: base.appUrl });
    const load = await begin(server.url, base.db, seedOfRun().seed, 40);
    const isReady = async () => (await fetch(`${server.url}/readyz`)).status;
    await more(load, 300);
    const back = await takeAway(base);
    onTestFinished(back);
    const until = Date.now() + GONE_MS;
    await eventually(isReady, (status) => status === 503);
    const answers = load.acknowledged();
    await eventually(isReady, (status) => status === 503 && Date.now() > until, GONE_MS + 5_000);
    expect(load.acknowledged()).toBe(answers);
    await back();
    await eventually(isReady, (status) => status === 200, 15_000);
    expect(server.lives()).toBe(true);
    await more(load, 300);
    await muchOf(load, 20);
    expect(await findAmiss(load, base)).toEqual([]);
  }, 90_000);
});
