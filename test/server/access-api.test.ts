import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Router } from 'express';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '#server/api/openapi.ts';
import { apiRoutes } from '#server/api/router.ts';
import { healthRoutes } from '#server/http/health.ts';
import { logSite } from '#server/http/log-site.ts';
import { openRateLimit } from '#server/http/rate-limit.ts';
import { EVERYONE } from '#test/support/everyone.ts';
import { ALL, METRICS, SECRETS, useWire } from '#test/support/use-wire.ts';

const { server, everyone } = useWire();

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
