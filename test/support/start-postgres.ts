import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';

export interface TestServer {
  /** Of the migrated template, which nothing may connect to. */
  ownerUrl: string;
  appUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer;
  }
}

/** Starts one PostgreSQL for the whole run, with a migrated database to clone; returns its end. */
export default async function startPostgres(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-test-'));
  const server = await startEmbedded({ dataDir, durable: false });
  await migrate({ ownerUrl: server.ownerUrl, appPassword: server.appPassword });
  project.provide('postgres', { ownerUrl: server.ownerUrl, appUrl: server.appUrl });
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
