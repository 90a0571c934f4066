import { randomUUID } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import { createRequestHandler } from '@remix-run/express';
import express, { type Request } from 'express';
import { can } from '#app/domain/access/capabilities.ts';
import { type Db, openDb } from '#db/client.ts';
import { type App, buildApp } from '#server/app.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { startSession } from '#server/auth/sessions.ts';
import { readAsker } from '#server/http/asker.ts';
import { type ContextOptions, loadContext } from '#server/http/load-context.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { portOf } from '#server/http.ts';
import { listRoomsFor } from '#server/rooms/list-rooms.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { addLeads, fillRoom } from './crowd.ts';
import { startBenchDatabase } from './database.ts';
import { alternate, figureOf, quantileOf, type SuiteResult, seriesOf } from './figure.ts';
import { pace } from './load.ts';
import { measureSignIns } from './sign-ins.ts';

const ROUNDS = 15;
const PAGES = 300;
const COMMANDS = 500;
const LANES = 4;
const LIMITS = { idleMinutes: 60, maxHours: 2 };

/**
 * What it costs to know who asks. `session-check`: a command by HTTP, and the page of all rooms, from
 * a client that is signed in; against the same server whose requests are all given one context that
 * was loaded before, so that none reads a cookie or a session. `signin@16`: mutes one after the other
 * over a socket while sixteen people sign in by password, over and over; against the same mutes alone.
 */
export async function measureAccess(): Promise<SuiteResult> {
  const checked = await measureChecks();
  const signing = await measureSignIns();
  return {
    figures: [...checked.figures, ...signing.figures],
    notes: [...checked.notes, ...signing.notes],
  };
}

async function measureChecks(): Promise<SuiteResult> {
  await ensureBuilt();
  const { build } = await openBuiltPages();
  const database = await startBenchDatabase();
  const db = openDb({ url: database.appUrl });
  const app = buildApp(db, { limits: { destructivePerMinute: 1_000_000 } });
  const closers: (() => unknown)[] = [() => db.close(), () => database.stop()];
  try {
    const leads = await addLeads(db, 100);
    const cookies = await Promise.all(leads.map((lead) => signedIn(db, lead)));
    const people = await fillRoom(app, 'talk', (COMMANDS + PAGES) * (ROUNDS + 1) * 2);
    const options = contextOptions(app);
    const known = new Map<string, Awaited<ReturnType<typeof loadContext>>>();
    const read = async (from: Request) => {
      const asker = await readAsker(from, { db, ...options });
      return loadContext(from, 'nonce', asker, () => true, options);
    };
    const remembered = async (from: Request) => {
      const cookie = from.headers.cookie ?? '';
      const context = known.get(cookie) ?? (await read(from));
      known.set(cookie, context);
      return context;
    };
    const [ours, bare] = await Promise.all(
      [read, remembered].map(async (context) => {
        const http = createServer(
          express().use(createRequestHandler({ build, getLoadContext: context as never })),
        );
        await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
        closers.unshift(() => http.close());
        return portOf(http);
      }),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: LANES });
    closers.unshift(() => agent.destroy());
    let next = 0;
    const send = (port: number, path: string, body?: object) =>
      call(agent, port, path, cookies[next++ % cookies.length] as string, body);
    const muteNext = (port: number) => () =>
      send(port, '/rooms/talk/act', {
        id: randomUUID(),
        name: 'mute',
        room: 'talk',
        member: people[next] as string,
        reason: 'Shouting over the speaker',
      });
    const lookAt = (port: number) => () => send(port, '/rooms');
    for (const port of [ours, bare] as number[]) {
      await pace(200, LANES, muteNext(port));
      await pace(100, LANES, lookAt(port));
    }
    const commands = await alternate(
      ROUNDS,
      () => pace(COMMANDS, LANES, muteNext(ours as number)),
      () => pace(COMMANDS, LANES, muteNext(bare as number)),
    );
    const pages = await alternate(
      ROUNDS,
      () => pace(PAGES, LANES, lookAt(ours as number)),
      () => pace(PAGES, LANES, lookAt(bare as number)),
    );
    const p99 = ({ took }: { took: number[] }) => quantileOf(took, 0.99);
    return {
      figures: [
        figureOf('session-check-p99', 'ms', 'lower', seriesOf(commands, p99)),
        figureOf('session-check-page-p99', 'ms', 'lower', seriesOf(pages, p99)),
      ],
      notes: [database.durability, `one look into the table of capabilities: ${lookOnce()} ns`],
    };
  } finally {
    for (const close of closers) await close();
  }
}

async function signedIn(db: Db, lead: Awaited<ReturnType<typeof addLeads>>[number]) {
  if (lead.kind !== 'operator') throw new Error('There is no lead');
  const holder = { kind: 'operator', id: lead.id } as const;
  const token = await db.begin((tx) => startSession(tx, holder, LIMITS));
  return writeCookie(token, 3_600, false).split(';')[0] as string;
}

/** As the server has them, without what no bench asks for. */
function contextOptions(app: App): ContextOptions {
  return {
    app,
    accounts: {} as never,
    limits: LIMITS,
    secure: false,
    listRooms: listRoomsFor(app.db),
    sessionEnded: () => {},
    verifyHost: null,
    platform: {} as never,
    operators: { minutes: 5, operatorChanged: () => {} },
  };
}

/** Sends a request and reads all of the answer. @throws when it is refused */
function call(agent: Agent, port: number, path: string, cookie: string, body?: object) {
  const sent = body && JSON.stringify(body);
  const headers = { cookie, ...(sent && { 'content-type': 'application/json' }) };
  const method = sent ? 'POST' : 'GET';
  return new Promise<void>((resolve, reject) => {
    const asked = request({ agent, port, host: '127.0.0.1', path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const isDone = response.statusCode === 200 && !(sent && !text.includes('"ok":true'));
        if (isDone) resolve();
        else reject(new Error(`${path}: ${response.statusCode} ${text.slice(0, 200)}`));
      });
    });
    asked.on('error', reject);
    asked.end(sent);
  });
}

/** Nanoseconds that the capability check itself takes. */
function lookOnce(): number {
  const who = { kind: 'operator', roles: ['moderator', 'admin'] } as const;
  const times = 1_000_000;
  let yes = 0;
  const from = performance.now();
  for (let i = 0; i < times; i++) if (can(who, 'rooms.act')) yes++;
  if (yes !== times) throw new Error('A moderator may act in rooms');
  return Math.round(((performance.now() - from) * 1e6) / times);
}
