import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { roomyFolder } from '#test/support/roomy-folder.ts';

export interface TestServer {
  /** Of the migrated template, which nothing may connect to. */
  ownerUrl: string;
  appUrl: string;
  sequencerUrl: string;
  eraserUrl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer;
  }
}

/**
 * Starts one PostgreSQL for the whole run, with a migrated database to clone; returns its end.
 * `TEST_DATABASE_URL` (a superuser's, of a server kept for tests) is used instead when set.
 */
export default async function startPostgres(project: TestProject) {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? await prepareGiven(given) : await startOwn();
  const { ownerUrl, appUrl, appPassword, sequencerUrl, sequencerPassword } = server;
  const eraserPassword = randomBytes(24).toString('hex');
  await migrate({ ownerUrl, appPassword, sequencerPassword, eraserPassword });
  const eraser = { username: 'audit_eraser', password: eraserPassword };
  const eraserUrl = Object.assign(new URL(appUrl), eraser).href;
  project.provide('postgres', { ownerUrl, appUrl, sequencerUrl, eraserUrl });
  return server.end;
}

async function startOwn() {
  const dataDir = mkdtempSync(join(roomyFolder(), 'rostrum-test-'));
  const server = await startEmbedded({ dataDir, durable: false });
  const end = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...server, end };
}

async function prepareGiven(url: string) {
  const name = `test_template_${randomBytes(6).toString('hex')}`;
  const appPassword = randomBytes(24).toString('hex');
  const sequencerPassword = randomBytes(24).toString('hex');
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`create database ${name}`);
  const ownerUrl = Object.assign(new URL(url), { pathname: name }).href;
  const urlAs = (username: string, password: string) =>
    Object.assign(new URL(ownerUrl), { username, password }).href;
  const end = async () => {
    await sql.unsafe(`drop database ${name} with (force)`);
    await sql.end();
  };
  return {
    ownerUrl,
    appUrl: urlAs('rostrum_app', appPassword),
    appPassword,
    sequencerUrl: urlAs('audit_sequencer', sequencerPassword),
    sequencerPassword,
    end,
  };
}
