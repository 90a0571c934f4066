import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '#server/config.ts';
import type { OpenPages } from '#server/http/pages.ts';
import { type Rostrum, type StartOptions, startRostrum } from '#server/start.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

/** Secrets of the keys below: `all` has every scope, `reader` only rooms. */
export const SECRETS = { all: 'a'.repeat(40), reader: 'r'.repeat(40) };
export const JOIN_SECRETS = { first: 'j'.repeat(40), second: 'k'.repeat(40) };

export const ENVIRONMENT = {
  NODE_ENV: 'test',
  PORT: '0',
  LOG_LEVEL: 'silent',
  PLATFORM_KEYS: `all:${SECRETS.all}:events+admissions+rooms,reader:${SECRETS.reader}:rooms`,
  JOIN_TOKEN_KEYS: `first:${JOIN_SECRETS.first},second:${JOIN_SECRETS.second}`,
};

/** For tests of what is behind the pages. */
export const noPages: OpenPages = async () => ({
  files: (_request, _response, next) => next(),
  build: () => Promise.reject(new Error('This test has no pages')),
  mode: 'production',
  looseStyles: false,
  close: async () => {},
});

export interface TestRostrum extends Rostrum {
  /** Calls the platform API; with a body, as JSON unless `type` says otherwise. */
  call(path: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  secret?: string | null;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string | Uint8Array<ArrayBuffer>;
  type?: string;
  method?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is the test
  body: any;
}

/** The whole server on a port of its own, for all tests of the surrounding block or file. */
export function useRostrum(
  base: TestDatabase,
  environment: Record<string, string> = {},
  openPages: OpenPages = noPages,
  more: Omit<StartOptions, 'openPages'> = {},
): TestRostrum {
  const holder = {} as TestRostrum;
  const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-server-'));
  beforeAll(async () => {
    // A console looks at the log's checkpoint: with pages the log is signed, as it is in earnest.
    const signing = { SEQUENCER_DATABASE_URL: base.sequencerUrl, ROSTRUM_DATA_DIR: dataDir };
    const config = readConfig({
      ...ENVIRONMENT,
      DATABASE_URL: base.appUrl,
      ...(openPages !== noPages && signing),
      ...environment,
    });
    const rostrum = await startRostrum(config, { openPages, ...more });
    Object.assign(holder, rostrum, { call: callAt(`${rostrum.url}/api/v1`) });
  });
  afterAll(async () => {
    await holder.stop?.();
    rmSync(dataDir, { recursive: true });
  });
  return holder;
}

/** Calls to a platform API at a base address. */
export function callAt(base: string): TestRostrum['call'] {
  return async (path, options = {}) => {
    const { secret = SECRETS.all, body, raw, type = 'application/json', headers } = options;
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(base + path, {
      method: options.method ?? (sent === undefined ? 'GET' : 'POST'),
      headers: {
        ...(sent !== undefined && { 'Content-Type': type }),
        ...(secret !== null && { Authorization: `Bearer ${secret}` }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text ? JSON.parse(text) : text,
    };
  };
}

let made = 0;
/** An event of the platform with an id of its own. */
export function event(type: string, more: object = {}): Record<string, unknown> {
  return { id: `e${++made}`, type, ...more };
}

export const opened = (more: object = {}) =>
  event('room_opened', { title: 'Evening talk', language: 'en', ...more });

export const joined = (member: string, more: object = {}) =>
  event('joined', { member, profile: profileOf(member), ...more });

export const profileOf = (member: string) => ({
  handle: member,
  name: `Name of ${member}`,
  locale: 'en',
  memberSince: '2020-11-01T00:00:00Z',
});
