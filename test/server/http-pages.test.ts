import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { addOperator } from '#server/auth/operators.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRostrum } from '#test/support/rostrum.ts';
import { eventually } from '#test/support/server.ts';

const base = useDatabase();
beforeAll(ensureBuilt, 120_000);
const server = useRostrum(base, { SIGN_INS_PER_MINUTE: '12' }, openBuiltPages);

interface Sent {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with any headers at all, which `fetch` would not send. */
function send(
  path: string,
  headers: Record<string, string> = {},
  body?: string,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const form = body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' };
    const sent = request(server.url + path, { method, headers: { ...form, ...headers } });
    sent.on('error', reject).on('response', async (response) => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: await text(response) });
    });
    if (body !== undefined) sent.setHeader('Content-Length', Buffer.byteLength(body));
    sent.end(body);
  });
}

const own = { 'Sec-Fetch-Site': 'same-origin' };
let made = 0;

async function newLink(): Promise<string> {
  const operator = { name: `Pages ${++made}`, roles: ['lead'] as const, minutes: 5 };
  const added = await addOperator(base.db, 'system', operator);
  return added.ok ? added.token : '';
}

async function cookie(): Promise<string> {
  const answer = await send('/sign-in', own, `token=${await newLink()}`);
  return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

describe('pages', () => {
  it('hold browsers to scripts with the nonce of the response', async () => {
    const [one, two] = [await send('/sign-in'), await send('/sign-in')];
    const policy = String(one.headers['content-security-policy']);
    const nonce = /script-src 'self' 'nonce-([^']+)';/.exec(policy)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    for (const [, attributes] of one.body.matchAll(/<script([^>]*)>/g)) {
      expect(attributes).toContain(`nonce="${nonce}"`);
    }
    expect(two.body).not.toContain(nonce);
    expect(one.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
    expect(one.headers['x-powered-by']).toBeUndefined();
  });

  it('keep files whose names carry their hash, compressed, for ever', async () => {
    const { body } = await send('/sign-in');
    const path = /\/assets\/[\w.-]+\.js/.exec(body)?.[0] ?? '';
    const file = await send(path, { 'Accept-Encoding': 'gzip' });
    expect(file.status).toBe(200);
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(file.headers['content-encoding']).toBe('gzip');
    expect((await send('/assets/none.js')).status).toBe(404);
    expect((await send('/assets/..%2f..%2fserver/index.js')).status).toBe(404);
  });

  it('are for this host only', async () => {
    expect((await send('/sign-in', { Host: 'evil.example' })).status).toBe(421);
    expect((await send('/sign-in', { Host: 'a b' })).status).toBeGreaterThanOrEqual(400);
    const misled = await send('/sign-in', { 'X-Forwarded-Host': 'evil.example' });
    expect(misled.status).toBe(200);
    expect(misled.body).not.toContain('evil.example');
  });

  it('answer nonsense on the wire without ending', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('NONSENSE\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400/);
    expect((await send('/healthz')).status).toBe(200);
  });

  it('take an address of any text', async () => {
    const mine = await cookie();
    for (const [path, status] of [
      ['/rooms/%00', 404],
      ['/rooms/%00.data', 404],
      ['/log?actor=%00&room=%00', 200],
    ] as const) {
      expect([path, (await send(path, { Cookie: mine })).status]).toEqual([path, status]);
    }
  });

  it('take no large form', async () => {
    expect((await send('/sign-in', own, `token=${'x'.repeat(70_000)}`)).status).toBe(413);
  });
});

describe('signing in', () => {
  it('takes a press, not a look: opening the link uses nothing up', async () => {
    const token = await newLink();
    const page = await send(`/sign-in?token=${token}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain(token);
    const answer = await send('/sign-in', own, `token=${token}`);
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe('/rooms');
    const [set = ''] = answer.headers['set-cookie'] ?? [];
    expect(set).toMatch(/^rostrum=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/);
    const again = await send('/sign-in', own, `token=${token}`);
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('is undone by signing out, for the same cookie too', async () => {
    const mine = await cookie();
    expect((await send('/', { Cookie: mine })).headers.location).toBe('/rooms');
    const out = await send('/sign-out', { ...own, Cookie: mine }, '');
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect((await send('/', { Cookie: mine })).headers.location).toBe('/sign-in');
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
    ['a sister site', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://evil.localhost' }],
    ['another site in an old browser', { Origin: 'https://evil.example' }],
    ['nowhere in particular', { Origin: 'null' }],
    ['a client that does not say', {}],
    ['a liar', { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.example' }],
  ])('does not count from %s, nor does anything else', async (_, headers) => {
    const mine = await cookie();
    const out = await send('/sign-out', { ...headers, Cookie: mine }, '');
    expect(out.status).toBe(403);
    expect((await send('/', { Cookie: mine })).headers.location).toBe('/rooms');
  });

  it('is limited, so that nobody guesses', async () => {
    let last: Sent | undefined;
    for (let tries = 0; tries < 13; tries++) last = await send('/sign-in', own, 'token=x');
    expect(last?.status).toBe(429);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect(last?.body).toContain('Too many sign-ins at once');
    for (const path of ['/sign-in.data', '/sign%2Din', '/SIGN-IN/']) {
      expect([path, (await send(path, own, 'token=x')).status]).toEqual([path, 429]);
    }
    expect((await send('//sign-in', own, 'token=x')).status).toBe(404);
    // However many were refused, the record says it once.
    const throttled = () => base.db.sql`
      select target_ref from audit.event where action = 'sign_in.throttled'`;
    await expect.poll(throttled).toEqual([{ target_ref: null }]);
  });
});

describe('health', () => {
  it('tells that the process lives and is ready', async () => {
    expect(await send('/healthz')).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(await send('/readyz')).toMatchObject({ status: 200, body: '{"ok":true}' });
  });

  it('tells numbers, and no address', async () => {
    const { body } = await send('/metrics');
    for (const name of [
      'rostrum_acts_total',
      'rostrum_ingest_depth 0',
      'rostrum_enforcements{state="failed"} 0',
      'rostrum_enforcement_oldest_seconds 0',
      'rostrum_sockets{namespace="member"} 0',
      'rostrum_http_seconds_count{route="pages"',
      'process_cpu_seconds_total',
    ]) {
      expect(body).toContain(name);
    }
    expect(body).not.toMatch(/token=|127\.0\.0\.1/);
  });
});

describe('a server whose database lacks migrations', () => {
  it('is not ready', async () => {
    const { isMigrated } = await import('#db/migration-state.ts');
    const { asOwner } = await import('#test/support/as-owner.ts');
    expect(await isMigrated(base.db.sql)).toBe(true);
    await asOwner(base, (sql) => sql`delete from migration.plain_file where name like '0101%'`);
    expect(await isMigrated(base.db.sql)).toBe(false);
    await eventually(
      () => send('/readyz'),
      ({ status }) => status === 503,
    );
  });
});
