import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io as connect, type Socket } from 'socket.io-client';
import { afterAll, beforeAll } from 'vitest';
import type {
  ConsoleToServer,
  MemberToServer,
  ServerToConsole,
  ServerToMember,
} from '#app/domain/rooms/protocol.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { Role } from '#app/domain/rooms/state.ts';
import { type App, buildApp } from '#server/app.ts';
import type { Admitted, JoinClaims } from '#server/auth/join-claims.ts';
import type { ConsoleIdentity, SocketDeps } from '#server/realtime/deps.ts';
import { openSockets, type Sockets } from '#server/realtime/sockets.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

export type MemberClient = Socket<ServerToMember, MemberToServer>;
export type ConsoleClient = Socket<ServerToConsole, ConsoleToServer>;

export interface TestServer {
  app: App;
  sockets: Sockets;
  url: string;
  /** Lines the server logged as warnings or errors. */
  complaints: { fields: object; message: string }[];
  /** Addresses that were asked for a cohort. */
  addresses: string[];
  /** A token for a member, as a platform would sign it. */
  tokenFor(room: string, member: string, role?: Role): string;
  /** A cookie for a signed-in console. */
  cookieFor(identity: ConsoleIdentity): string;
  member(token: string, options?: object): Promise<MemberClient>;
  console(cookie: string, options?: object): Promise<ConsoleClient>;
}

/** An app with its sockets on a port of its own, for all tests of the surrounding block or file. */
export function useServer(
  base: TestDatabase,
  more: Parameters<typeof startServer>[1] = {},
): TestServer {
  const server = {} as TestServer;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const started = await startServer(base, more);
    close = started.close;
    Object.assign(server, started);
  });
  afterAll(() => close?.());
  return server;
}

/** The same, started and closed by the caller. */
export async function startServer(
  base: TestDatabase,
  more: Pick<SocketDeps, 'redisUrl' | 'trustProxy' | 'networkLimits' | 'requireFactor'> = {},
): Promise<TestServer & { close(): Promise<void> }> {
  const clients: Socket[] = [];
  const cookies = new Map<string, ConsoleIdentity>();
  const complaints: TestServer['complaints'] = [];
  const addresses: string[] = [];
  const complain = (fields: object, message: string) => void complaints.push({ fields, message });
  const app = buildApp(base.db);
  const http = createServer();
  const sockets = await openSockets(http, {
    app,
    authenticateConsole: async (cookie) => cookies.get(cookie ?? '') ?? null,
    verifyJoinToken: async (token) => claimsOf(token) ?? refuse('forbidden'),
    cohortOf: async (address) => {
      addresses.push(address);
      return { today: 'cohort-a', yesterday: null };
    },
    log: { info: () => {}, warn: complain, error: complain },
    ...more,
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  async function open<Client extends Socket>(namespace: string, options: object): Promise<Client> {
    const socket = connect(url + namespace, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      ...options,
    }) as Client;
    clients.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve as never);
      socket.once('connect_error', reject as never);
    });
    return socket;
  }

  return {
    app,
    sockets,
    url,
    complaints,
    addresses,
    tokenFor: (room, member, role = 'listener') => JSON.stringify({ room, member, role }),
    cookieFor(identity) {
      const cookie = `console=${cookies.size}`;
      cookies.set(cookie, identity);
      return cookie;
    },
    member: (token, options = {}) => open('/member', { auth: { token }, ...options }),
    console: (cookie, options = {}) => open('/console', { extraHeaders: { cookie }, ...options }),
    async close() {
      for (const client of clients) client.disconnect();
      await app.drain();
      await sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function claimsOf(token: string): Admitted | null {
  try {
    const { room, member, role } = JSON.parse(token) as JoinClaims;
    const profile = {
      handle: member,
      name: `Name of ${member}`,
      locale: 'en',
      inviter: null,
      memberSince: '2026-01-01T00:00:00.000Z',
    };
    return { room, member, role, profile, signedBy: 'platform:join_token/test' };
  } catch {
    return null;
  }
}

/** The next time the event comes, with its arguments. @throws after two seconds */
export function next<Args extends unknown[]>(
  socket: { once(event: never, listener: never): unknown; off(event: never, l: never): unknown },
  event: string,
): Promise<Args> {
  return new Promise((resolve, reject) => {
    const listener = (...args: Args) => {
      clearTimeout(timer);
      resolve(args);
    };
    const timer = setTimeout(() => {
      socket.off(event as never, listener as never);
      reject(new Error(`No ${event} within two seconds`));
    }, 2_000);
    socket.once(event as never, listener as never);
  });
}

/** Asks until the answer satisfies. @throws when patience (five seconds) ends, with the last answer */
export async function eventually<Answer>(
  ask: () => Promise<Answer> | Answer,
  satisfied: (answer: Answer) => boolean,
  patience = 5_000,
): Promise<Answer> {
  const until = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (Date.now() > until) throw new Error(`Still ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
