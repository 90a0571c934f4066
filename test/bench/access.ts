import { randomUUID } from 'node:crypto';
import { Agent, createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequestHandler } from '@remix-run/express';
import express, { type Request } from 'express';
import { io, type Socket } from 'socket.io-client';
import { can } from '#app/domain/access/capabilities.ts';
import { type Db, openDb } from '#db/client.ts';
import { type App, buildApp } from '#server/app.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { startSession } from '#server/auth/sessions.ts';
import { type ContextOptions, loadContext } from '#server/http/load-context.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { portOf } from '#server/http.ts';
import { listRoomsFor } from '#server/rooms/list-rooms.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { addLeads, fillRoom } from './crowd.ts';
import { startBenchDatabase } from './database.ts';
import { alternate, figureOf, quantileOf, type SuiteResult, seriesOf } from './figure.ts';
import { pace } from './load.ts';
import { type BenchRostrum, startBenchRostrum } from './rostrum.ts';

const ROUNDS = 5;
const PAGES = 300;
const COMMANDS = 500;
const LANES = 4;
const MUTES = 120;
/** A console may not send faster. */
const MUTE_EVERY_MS = 70;
const SIGN_INS = 16;
const PASSWORD = 'nine purple otters waltz';
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
    const people = await fillRoom(db, 'talk', (COMMANDS + PAGES) * (ROUNDS + 1) * 2);
    const options = contextOptions(app);
    const known = new Map<string, Awaited<ReturnType<typeof loadContext>>>();
    const read = (from: Request) => loadContext(from, 'nonce', () => true, options);
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

async function measureSignIns(): Promise<SuiteResult> {
  const rostrum = await startBenchRostrum({
    SIGN_INS_PER_MINUTE: '100000',
    DESTRUCTIVE_PER_MINUTE: '10000',
  });
  try {
    const people = await openFullRoom(rostrum);
    const names = await addPasswords(rostrum.db);
    const socket = io(`${rostrum.url}/console`, {
      transports: ['websocket'],
      extraHeaders: { cookie: rostrum.cookie },
    });
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve as never);
      socket.once('connect_error', reject);
    });
    let next = 0;
    let signedIn = 0;
    const mutes = async () => {
      const took: number[] = [];
      while (took.length < MUTES) {
        const from = performance.now();
        await mute(socket, people[next++] as string);
        took.push(performance.now() - from);
        await sleep(Math.max(0, MUTE_EVERY_MS - (took.at(-1) ?? 0)));
      }
      return { took };
    };
    await mutes();
    const samples = await alternate(
      ROUNDS,
      async () => {
        let goesOn = true;
        const lanes = names.map(async (name) => {
          while (goesOn) {
            await signIn(rostrum.url, name);
            signedIn++;
          }
        });
        const took = await mutes();
        goesOn = false;
        await Promise.all(lanes);
        return took;
      },
      mutes,
    );
    socket.disconnect();
    const p99 = ({ took }: { took: number[] }) => quantileOf(took, 0.99);
    return {
      figures: [figureOf(`signin@${SIGN_INS}`, 'ms', 'lower', seriesOf(samples, p99))],
      notes: [`${signedIn} sign-ins by password during ${ROUNDS} × ${MUTES} mutes`],
    };
  } finally {
    await rostrum.stop();
  }
}

async function openFullRoom(rostrum: BenchRostrum): Promise<string[]> {
  await rostrum.openRoom('talk');
  const members = Array.from({ length: MUTES * (2 * ROUNDS + 1) }, (_, i) => `talk-${i}`);
  const events = members.map((member) => ({
    type: 'joined',
    id: member,
    member,
    profile: {
      handle: member,
      name: `Person ${member}`,
      locale: 'en',
      memberSince: '2026-01-01T00:00:00.000Z',
    },
  }));
  await rostrum.post('talk', events);
  return members;
}

/** Gives moderators a password each, on the record. @returns their names */
async function addPasswords(db: Db): Promise<string[]> {
  const hash = await openPasswordHasher(1).hash(PASSWORD);
  const people = Array.from({ length: SIGN_INS }, (_, i) => ({
    id: randomUUID(),
    name: `Signing in ${i}`,
    roles: ['moderator'],
  }));
  await db.begin(async (tx) => {
    await tx`insert into operator ${tx(people, 'id', 'name', 'roles')}`;
    for (const { id } of people) {
      await tx`insert into operator_password (operator_id, hash) values (${id}, ${hash})`;
    }
    await appendAudit(
      tx,
      people.map(({ id }) => ({
        action: 'operator.added',
        outcome: 'accepted' as const,
        occurred_at: Date.now(),
        actor: 'system',
        target_type: 'operator',
        target: `operator:${id}`,
      })),
    );
  });
  return people.map(({ name }) => name);
}

async function signIn(url: string, name: string): Promise<void> {
  const { status, headers } = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: url },
    body: new URLSearchParams({ name, password: PASSWORD }),
  });
  if (!headers.has('set-cookie')) throw new Error(`A sign-in was refused: ${status}`);
}

async function mute(socket: Socket, member: string): Promise<void> {
  const people = { room: 'talk', member, reason: 'Shouting over the speaker' };
  const answer = await socket.emitWithAck('room:act', {
    id: randomUUID(),
    name: 'mute',
    ...people,
  });
  if (!answer.ok) throw new Error(`A mute was refused: ${answer.reason}`);
}
