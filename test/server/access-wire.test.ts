import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Router } from 'express';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleToServer, MemberToServer } from '#app/domain/rooms/protocol.ts';
import { openApiDocument } from '#server/api/openapi.ts';
import { apiRoutes } from '#server/api/router.ts';
import { signJoinToken } from '#server/auth/join-token.ts';
import { healthRoutes } from '#server/http/health.ts';
import { logSite } from '#server/http/log-site.ts';
import { openRateLimit } from '#server/http/rate-limit.ts';
import { consoleHandlers } from '#server/realtime/console.ts';
import { memberHandlers } from '#server/realtime/member.ts';
import { bringEveryone, EVERYONE, type Everyone, type Someone } from '#test/support/everyone.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { JOIN_SECRETS, joined, opened, profileOf, useRostrum } from '#test/support/rostrum.ts';

const SECRETS = { events: 'e'.repeat(40), admissions: 'd'.repeat(40), rooms: 'r'.repeat(40) };
const ALL = 'a'.repeat(40);
const METRICS = 'm'.repeat(40);

const base = useDatabase();
const server = useRostrum(base, {
  SIGN_INS_PER_MINUTE: '100000',
  METRICS_TOKEN: METRICS,
  PLATFORM_KEYS: [
    `all:${ALL}:events+admissions+rooms`,
    ...Object.entries(SECRETS).map(([scope, secret]) => `${scope}:${secret}:${scope}`),
  ].join(','),
});
let everyone: Everyone;
let undoable = '';
const sockets: { disconnect(): unknown }[] = [];
afterAll(() => {
  for (const socket of sockets) socket.disconnect();
});

beforeAll(async () => {
  for (const room of ['tea', 'walk']) {
    const body = [
      opened(),
      joined(`${room}-host`, { role: 'host' }),
      joined(`${room}-bo`, { role: 'speaker' }),
    ];
    await server.call(`/rooms/${room}/events`, { body, secret: ALL });
  }
  everyone = await bringEveryone(base, ALL, {
    host: { member: 'tea-host', room: 'tea' },
    stranger: { member: 'walk-host', room: 'walk' },
  });
  const mute = {
    id: randomUUID(),
    name: 'mute',
    room: 'tea',
    member: 'tea-bo',
    reason: 'Shouting',
  };
  await server.app.act({ kind: 'member', id: 'tea-host', room: 'tea' }, mute);
  undoable = mute.id;
});

/** Paths of a router with their methods, as it has them; a pattern as its source. */
function routesOf(router: Router): string[] {
  const layers = router.stack as unknown as {
    route?: { path: string | RegExp; methods: Record<string, boolean> };
  }[];
  return layers
    .flatMap(({ route }) => {
      if (!route) return [];
      const path = String(route.path);
      const methods = Object.keys(route.methods).filter((method) => method !== '_all');
      return methods.map((method) => `${method} ${path}`);
    })
    .sort();
}

const limit = openRateLimit(1);
const nothing = null as never;

describe('the platform API', () => {
  const asked = {
    'post /rooms/{room}/events': ['/rooms/tea/events', []],
    'post /rooms/{room}/admissions': ['/rooms/tea/admissions', { member: 'tea-bo' }],
    'get /rooms/{room}': ['/rooms/tea', undefined],
  } as const satisfies Record<string, readonly [string, unknown]>;
  // Of an operation: the one scope that opens it.
  const scopes = {
    'post /rooms/{room}/events': 'events',
    'post /rooms/{room}/admissions': 'admissions',
    'get /rooms/{room}': 'rooms',
  } as const satisfies Record<keyof typeof asked, keyof typeof SECRETS>;

  it('has every operation in the table, and no more than it documents', () => {
    const { paths } = openApiDocument() as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => key !== 'parameters')
        .map((method) => `${method} ${path}`),
    );
    expect(documented.sort()).toEqual(Object.keys(asked).sort());
    const options = { app: {}, calls: limit, failures: limit } as never;
    const served = routesOf(apiRoutes(options)).map((one) => one.replaceAll(/:(\w+)/g, '{$1}'));
    expect(served).toEqual([...documented, 'get /openapi.json'].sort());
  });

  it.each(Object.keys(asked) as (keyof typeof asked)[])('%s is its scope’s alone', async (one) => {
    const [path, body] = asked[one];
    for (const [scope, secret] of Object.entries(SECRETS)) {
      const { status } = await server.call(path, { secret, ...(body && { body }) });
      expect([scope, status]).toEqual([scope, scope === scopes[one] ? 200 : 403]);
    }
    for (const who of EVERYONE.filter((each) => each !== 'key')) {
      const headers = await everyone.headersOf(who);
      const { status } = await server.call(path, { secret: null, headers, ...(body && { body }) });
      expect([who, status]).toEqual([who, 401]);
    }
    for (const secret of ['x', 'z'.repeat(40), `${ALL}a`]) {
      expect((await server.call(path, { secret, ...(body && { body }) })).status).toBe(401);
    }
  });

  it('tells everyone how it is called', async () => {
    expect((await server.call('/openapi.json', { secret: null })).status).toBe(200);
  });
});

describe('addresses beside the pages', () => {
  /** Anyone may have these: they say nothing of anyone. */
  const open: Record<string, [path: string, status: number]> = {
    'get /healthz': ['/healthz', 200],
    'get /readyz': ['/readyz', 200],
    'get /checkpoint': ['/log/checkpoint', 404],
    'get /vkey': ['/log/vkey', 404],
    'get /^\\/tile\\//': ['/log/tile/0/000', 404],
  };

  it('are all in the table', () => {
    const health = routesOf(
      healthRoutes({
        app: nothing,
        registry: nothing,
        metricsToken: '',
        stopping: nothing,
        isMigrated: nothing,
      }),
    );
    const log = routesOf(logSite({ sql: nothing }, limit));
    expect([...health, ...log].sort()).toEqual([...Object.keys(open), 'get /metrics'].sort());
    const http = readFileSync(join(import.meta.dirname, '../../server/http.ts'), 'utf8');
    const mounted = [...http.matchAll(/app\.(\w+)\(\s*'(\/[^']*)'/g)].map(
      ([, how, at]) => `${how} ${at}`,
    );
    expect(mounted).toEqual(['use /api/v1', 'use /log']);
    receipt: [[{ report: randomUUID() }], 'not_present', 'forbidden'],
  });

  it.each(Object.values(open))('%s answers everyone %i', async (path, status) => {
    for (const who of EVERYONE) {
      const response = await fetch(server.url + path, { headers: await everyone.headersOf(who) });
      expect([who, response.status]).toEqual([who, status]);
    }
  });

  it('keep the metrics for who has their token', async () => {
    for (const who of EVERYONE) {
      const headers = await everyone.headersOf(who);
      expect([who, (await fetch(`${server.url}/metrics`, { headers })).status]).toEqual([who, 401]);
    }
    const headers = { Authorization: `Bearer ${METRICS}` };
    expect((await fetch(`${server.url}/metrics`, { headers })).status).toBe(200);
  });
});

interface Client {
  emitWithAck(
    event: string,
    ...args: unknown[]
  ): Promise<{ ok: boolean; reason?: string; rooms?: { id: string }[] }>;
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(): unknown;
}

/** A socket, or why it was refused. */
function connect(namespace: string, options: object): Promise<Client | string> {
  const socket = io(server.url + namespace, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...options,
  });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket as never));
    socket.once('connect_error', ({ message }) => resolve(message));
  });
}

const openConsole = async (who: Someone) =>
  connect('/console', { extraHeaders: await everyone.headersOf(who) });

async function answersTo(who: Someone, event: string, input: readonly unknown[]): Promise<string> {
  const socket = await openConsole(who);
  if (typeof socket === 'string') return `-${socket}`;
  try {
    const answer = await socket.emitWithAck(event, ...input);
    if (!answer.ok) return answer.reason ?? 'refused';
    return answer.rooms
      ? answer.rooms
          .map(({ id }) => id)
          .sort()
          .join('+')
      : 'ok';
  } finally {
    socket.disconnect();
  }
}

describe('a console’s socket', () => {
  const command = (room: string) => ({
    id: randomUUID(),
    name: 'lower_hand',
    room,
    member: `${room}-bo`,
    reason: 'test',
  });
  /**
   * Every event that a console may send, asked about the room `tea`: the outcome for each of
   * EVERYONE. `-` is no connection at all. What only those may ask who watch, is asked without.
   */
  const EVENTS: Record<keyof ConsoleToServer, [input: () => unknown[], row: string] | null> = {
    'rooms:watch': [
      () => [],
      '-forbidden tea walk tea+walk tea+walk forbidden forbidden tea+walk -forbidden -forbidden',
    ],
    'room:watch': [
      () => [{ room: 'tea', since: null }],
      '-forbidden ok forbidden ok ok forbidden forbidden ok -forbidden -forbidden',
    ],
    'room:catch_up': [
      () => [{ room: 'tea', since: 0 }],
      '-forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden -forbidden -forbidden',
    ],
    'room:aside': [
      () => [{ room: 'tea' }],
      '-forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden -forbidden -forbidden',
    ],
    'room:act': [
      () => [command('tea')],
      '-forbidden hand_down forbidden hand_down hand_down forbidden forbidden hand_down -forbidden -forbidden',
    ],
    // Taken by anyone connected: they end what one watches oneself, and answer nothing.
    'rooms:unwatch': null,
    'room:unwatch': null,
  };

  it('knows no event that is not in the table', () => {
    const deps = { app: {} } as Parameters<typeof consoleHandlers>[0];
    expect(Object.keys(consoleHandlers(deps, nothing)).sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it.each(
    Object.entries(EVENTS).flatMap(([event, how]) => (how ? [[event, ...how] as const] : [])),
  )('%s', async (event, input, row) => {
    const found: string[] = [];
    for (const who of EVERYONE) found.push(await answersTo(who, event, input()));
    expect(found.join(' ')).toBe(row);
  });

  it.each([
    ['room:watch', { room: 'tea', since: null }],
    ['room:watch', { room: 'tea', since: 0 }],
    ['room:catch_up', { room: 'tea', since: 0 }],
    ['room:aside', { room: 'tea' }],
    ['room:act', command('tea')],
    ['room:act', { ...command('tea'), member: 'walk-bo' }],
    ['room:act', { id: randomUUID(), name: 'end_room', room: 'tea', reason: 'test' }],
  ])('%s of another room is refused to a host who watches their own', async (event, input) => {
    const socket = (await openConsole('stranger')) as Client;
    expect(await socket.emitWithAck('room:watch', { room: 'walk', since: null })).toMatchObject({
      ok: true,
    });
    expect(await socket.emitWithAck(event, input)).toMatchObject({
      ok: false,
      reason: 'forbidden',
    });
  });

  it.each([
    ['undoes nothing', () => ({ name: 'undo', command: undoable }), 'command_not_found'],
    [
      'acknowledges nothing',
      () => ({ name: 'acknowledge_hand_over', handOver: randomUUID() }),
      'hand_over_not_found',
    ],
    ['reaches nobody', () => ({ name: 'mute', member: 'tea-bo' }), 'not_in_room'],
  ])('of another room a host %s from their own', async (_, fields, reason) => {
    const socket = (await openConsole('stranger')) as Client;
    const sent = { id: randomUUID(), room: 'walk', reason: 'test', ...fields() };
    expect(await socket.emitWithAck('room:act', sent)).toMatchObject({ ok: false, reason });
  });
});

describe('a member’s socket', () => {
  /** Every event a member's client may send, before it has joined: what it answers. */
  const EVENTS: Record<
    keyof MemberToServer,
    [input: unknown[], before: string, after: string] | null
  > = {
    join: [[], 'ok', 'ok'],
    raise_hand: [[], 'not_present', 'ok'],
    lower_hand: [[], 'not_present', 'ok'],
    mic: [[{ on: false }], 'not_present', 'ok'],
    floor: [[{ holding: false }], 'not_present', 'ok'],
    report: [[{ id: randomUUID(), member: 'tea-bo', category: 'other' }], 'not_present', 'ok'],
    leave: [[], 'not_present', 'ok'],
    // Volatile: answers nothing.
    level: null,
  };
  const keys = [{ id: 'first', secret: Buffer.from(JOIN_SECRETS.first) }];
  const tokenOf = async (member: string) =>
    (
      await signJoinToken(
        keys,
        { room: 'tea', member, role: 'listener', profile: { ...profileOf(member), inviter: null } },
        60,
      )
    ).token;

  it('knows no event that is not in the table', () => {
    const deps = { app: {} } as Parameters<typeof memberHandlers>[0];
    expect(Object.keys(memberHandlers(deps)).sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it('opens to a token of the platform, and to no session and no key', async () => {
    for (const who of EVERYONE) {
      const extraHeaders = await everyone.headersOf(who);
      expect([who, await connect('/member', { extraHeaders })]).toEqual([who, 'forbidden']);
      const auth = { token: ALL };
      expect([who, await connect('/member', { extraHeaders, auth })]).toEqual([who, 'invalid']);
    }
  });

  it('does as a member what the table says, before and after joining', async () => {
    const auth = { token: await tokenOf('cy') };
    const asked = Object.entries(EVENTS).flatMap(([event, how]) =>
      how ? [[event, ...how] as const] : [],
    );
    const socket = (await connect('/member', { auth })) as Client;
    for (const [event, input, before] of asked.filter(([event]) => event !== 'join')) {
      const answer = await socket.emitWithAck(event, ...input);
      expect([event, answer.ok ? 'ok' : answer.reason]).toEqual([event, before]);
    }
    for (const [event, input, , after] of asked) {
      const answer = await socket.emitWithAck(event, ...input);
      expect([event, answer.ok ? 'ok' : answer.reason]).toEqual([event, after]);
    }
  });
});
