import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBuiltPages } from '#server/http/pages.ts';
import { limitByNetwork, openRateLimit } from '#server/http/rate-limit.ts';
import { securityHeaders } from '#server/http/security-headers.ts';
import { makeHttpServer } from '#server/http.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { bringEveryone, type Everyone } from '#test/support/everyone.ts';
import { hashersOf } from '#test/support/hashing-processes.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, SECRETS, useRostrum } from '#test/support/rostrum.ts';
import { startProgram } from '#test/support/run-process.ts';

const base = useDatabase();
beforeAll(ensureBuilt, 240_000);
const limits = { SIGN_INS_PER_MINUTE: '1000', PAGES_PER_MINUTE: '6000' };
const server = useRostrum(base, limits, openBuiltPages);
let everyone: Everyone;

beforeAll(async () => {
  const body = [opened(), joined('tea-host', { role: 'host' })];
  await server.call('/rooms/tea/events', { body });
  const host = { member: 'tea-host', room: 'tea' };
  everyone = await bringEveryone(base, SECRETS.all, { host, stranger: host });
}, 60_000);

interface Route {
  path?: string;
  module: { action?: unknown };
}

describe('a request that changes something', () => {
  const own = () => ({ 'Sec-Fetch-Site': 'same-origin', Origin: server.url });
  const foreign: [string, Record<string, string>][] = [
    ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
    ['a sister site', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://evil.localhost' }],
    ['an old browser elsewhere', { Origin: 'https://evil.example' }],
    ['a sandboxed frame', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
    ['a client that does not say', {}],
  ];

  it.each(foreign)(
    'from %s is refused at every action there is, by any method',
    async (_, from) => {
      const file = pathToFileURL(join(import.meta.dirname, '../../build/server/index.js')).href;
      const { routes } = (await import(file)) as { routes: Record<string, Route> };
      const paths = Object.values(routes).flatMap(({ path, module }) =>
        module.action && path ? [`/${path.replaceAll(/:\w+/g, 'tea')}`] : [],
      );
      expect(paths.length).toBeGreaterThan(10);
      const headers = { ...(await everyone.headersOf('admin')), ...from };
      for (const path of [...paths, '/rooms', '/nowhere']) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          for (const form of [path, `${path}.data`]) {
            const { status } = await fetch(server.url + form, { method, headers });
            expect([method, form, status]).toEqual([method, form, 403]);
          }
        }
      }
    },
  );

  it.each(['//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example', ''])(
    'never leads to another site: %j',
    async (to) => {
      const headers = { ...(await everyone.headersOf('admin')), ...own() };
      const body = new URLSearchParams({ theme: 'dark', from: to });
      const left = await fetch(`${server.url}/preferences`, {
        method: 'POST',
        redirect: 'manual',
        headers,
        body,
      });
      expect(left.headers.get('location')).toBe('/');
      const page = await fetch(`${server.url}/confirm?to=${encodeURIComponent(to)}`, { headers });
      expect(await page.text()).not.toMatch(/name="to" value="(?!\/")/);
    },
  );
});

describe('every page', () => {
  async function headersFrom(options: Parameters<typeof securityHeaders>[0]) {
    const app = express();
    app.use(...securityHeaders(options), (_request, response) => void response.send('ok'));
    const listening = app.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const { headers } = await fetch(`http://127.0.0.1:${port}/`);
    listening.close();
    return headers;
  }

  it.each<[string, string, boolean, string | null]>([
    ['in production by https', 'https://rostrum.example', true, 'max-age=31536000'],
    ['while developing', 'https://rostrum.example', false, null],
    ['on this machine by http', 'http://localhost:4600', true, null],
  ])('is kept to https %s', async (_, publicUrl, production, expected) => {
    const headers = await headersFrom({ publicUrl, production, looseStyles: false });
    expect(headers.get('strict-transport-security')).toBe(expected);
  });

  it('runs no script without its nonce, in no frame, and takes no base, plugin or foreign form', async () => {
    for (const path of ['/sign-in', '/operators', '/nowhere']) {
      const headers = await everyone.headersOf('admin');
      const policy = (await fetch(server.url + path, { headers })).headers.get(
        'content-security-policy',
      );
      const said = Object.fromEntries(
        (policy ?? '').split(';').map((part) => {
          const [name = '', ...values] = part.trim().split(' ');
          return [name, values.join(' ')];
        }),
      );
      expect(said['script-src']).toMatch(/^'self' 'nonce-[\w+/=]{24}'$/);
      expect(said).toMatchObject({
        'default-src': "'none'",
        'script-src-attr': "'none'",
        'frame-ancestors': "'none'",
        'base-uri': "'none'",
        'object-src': "'none'",
        'form-action': "'self'",
      });
    }
  });
});

describe('a client that takes its time', () => {
  it('has ten seconds for the head of a request and a minute for all of it', () => {
    const http = makeHttpServer();
    expect(http).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      maxHeadersCount: 100,
    });
  });

  it('is cut off', async () => {
    const http = makeHttpServer();
    http.headersTimeout = 500;
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const socket = connect((http.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 4\d\d/);
    http.close();
  }, 15_000);

  it('sends no head larger than 16 KiB', async () => {
    const response = fetch(`${server.url}/sign-in`, { headers: { 'X-Large': 'x'.repeat(20_000) } });
    expect((await response.catch(() => ({ status: 400 }))).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a network that asks too much', () => {
  it('is told what is left and when to come back', async () => {
    const app = express();
    app.set('trust proxy', 1);
    app.use(limitByNetwork(openRateLimit(3)), (_request, response) => void response.send('ok'));
    const listening = app.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const ask = async (network: string) => {
      const headers = { 'X-Forwarded-For': network };
      const { status, headers: told } = await fetch(`http://127.0.0.1:${port}/`, { headers });
      return [status, told.get('ratelimit-remaining'), told.get('retry-after')];
    };
    // One host has a whole /64 of addresses, and one share.
    const answers = [];
    for (const last of ['1', '2', '3', '4']) answers.push(await ask(`2001:db8::${last}`));
    listening.close();
    expect(answers).toEqual([
      [200, '2', null],
      [200, '1', null],
      [200, '0', null],
      [429, '0', expect.stringMatching(/^[1-9]/)],
    ]);
  });

  it('finds every page counted', async () => {
    const { headers } = await fetch(`${server.url}/nowhere`);
    expect(headers.get('ratelimit-limit')).toBe('6000');
  });

  it('finds every page of somebody signed in counted as theirs', async () => {
    const headers = await everyone.headersOf('admin');
    const page = await fetch(`${server.url}/nowhere`, { headers });
    expect(page.headers.get('ratelimit-limit')).toBe('600');
    expect(Number(page.headers.get('ratelimit-remaining'))).toBeLessThan(600);
  });
});

describe('the log of a running server', () => {
  const secrets = {
    platform: 'p'.repeat(20) + 'Zq7'.repeat(7),
    join: 'j'.repeat(20) + 'Xw9'.repeat(7),
    metrics: 'm'.repeat(20) + 'Vt3'.repeat(7),
    cookie: 'C'.repeat(43),
    link: 'L'.repeat(43),
    password: 'a-password-nobody-logs',
    bearer: 'b'.repeat(40),
    address: '203.0.113.77',
  };
  let child: ReturnType<typeof startProgram>;
  let said = '';
  let url = '';

  beforeAll(async () => {
    child = startProgram('server/index.ts', [], {
      NODE_ENV: 'test',
      PORT: '0',
      LOG_LEVEL: 'trace',
      TRUST_PROXY: '1',
      DATABASE_URL: base.appUrl,
      PLATFORM_KEYS: `all:${secrets.platform}:events+admissions+rooms`,
      JOIN_TOKEN_KEYS: `first:${secrets.join}`,
      METRICS_TOKEN: secrets.metrics,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        said += chunk;
      });
    }
    for (let tries = 0; url === '' && tries < 300; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      url = /"url":"([^"]+)"/.exec(said)?.[1] ?? '';
    }
  }, 60_000);
  afterAll(() => void child.kill('SIGKILL'));

  it('holds no secret of its configuration, and nothing that a client sent', async () => {
    const { cookie, link, password, bearer, address } = secrets;
    const headers = { Cookie: `rostrum=${cookie}`, 'X-Forwarded-For': address };
    const form = { ...headers, 'Sec-Fetch-Site': 'same-origin', Origin: url };
    const post = (path: string, fields: Record<string, string>) =>
      fetch(url + path, { method: 'POST', headers: form, body: new URLSearchParams(fields) });
    await fetch(`${url}/sign-in?token=${link}`, { headers });
    await fetch(`${url}/host?token=${link}`, { headers });
    await post('/sign-in', { token: link });
    await post('/sign-in', { name: 'Someone', password });
    await post('/confirm', { password });
    await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${bearer}` } });
    for (const secret of [bearer, secrets.platform]) {
      const authorization = {
        Authorization: `Bearer ${secret}`,
        'Content-Type': 'application/json',
      };
      await fetch(`${url}/api/v1/rooms/tea`, { headers: authorization });
      await fetch(`${url}/api/v1/rooms/tea/events`, {
        method: 'POST',
        headers: authorization,
        body: `[{"id":"${password}`,
      });
    }
    expect(said).toContain('listening');
    for (const [name, secret] of [...Object.entries(secrets), ['database', base.appUrl]] as const) {
      expect([name, said.includes(secret)]).toEqual([name, false]);
    }
    const databasePassword = new URL(base.appUrl).password;
    expect(databasePassword.length).toBeGreaterThan(0);
    expect(said).not.toContain(databasePassword);
  });

  it.runIf(process.platform === 'linux')(
    'says when the process that hashes was lost, as the metrics do',
    async () => {
      const losses = async () => {
        const headers = { Authorization: `Bearer ${secrets.metrics}` };
        const text = await (await fetch(`${url}/metrics`, { headers })).text();
        return /^rostrum_hashing_lost_total\{how="ended"\} (\d+)$/m.exec(text)?.[1];
      };
      const headers = { 'Sec-Fetch-Site': 'same-origin', Origin: url };
      const body = new URLSearchParams({ name: 'Someone', password: secrets.password });
      await fetch(`${url}/sign-in`, { method: 'POST', headers, body });
      const [hasher = 0] = hashersOf(child.pid);
      expect([hasher > 0, await losses()]).toEqual([true, '0']);
      process.kill(hasher, 'SIGKILL');
      await expect.poll(losses).toBe('1');
      const told = said.split('\n').filter((line) => line.includes('hashes passwords was lost'));
      expect(told.map((line) => JSON.parse(line))).toMatchObject([
        { level: 'warn', how: 'ended', wanted: 0 },
      ]);
    },
  );
});
