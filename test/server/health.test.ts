import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { App } from '#server/app.ts';
import { healthRoutes } from '#server/http/health.ts';

it('asks the database once for all who ask whether it is ready at once', async () => {
  let asked = 0;
  const routes = healthRoutes({
    app: { intakeDepth: () => 0 } as App,
    registry: new Registry(),
    metricsToken: undefined,
    stopping: () => false,
    isMigrated: async () => ++asked > 0,
  });
  const server = createServer(express().use(routes));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;

  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(url)));
  server.close();

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(asked).toBe(1);
});
