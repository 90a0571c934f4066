import { once } from 'node:events';
import type { Server } from 'node:http';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCookie } from '#server/auth/cookie.ts';
import { startSession } from '#server/auth/sessions.ts';
import { limitByActor } from '#server/http/asker.ts';
import { portOf } from '#server/http.ts';
import { openCallLimit } from '#server/platform/call-limit.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

const base = useDatabase();
const limits = { idleMinutes: 60, maxHours: 2 };
const PER_MINUTE = 7;
/** So that no minute ends meanwhile. */
const now = () => Date.UTC(2026, 0, 1, 12) + 20_000;

/** Two processes, as far as they know of each other: by the database only. */
const servers: Server[] = [];
beforeAll(async () => {
  for (let n = 0; n < 2; n++) {
    const app = express();
    const limit = openCallLimit({ usual: PER_MINUTE, shared: base.db.sql, now });
    app.use(limitByActor(limit, { db: base.db, limits, secure: false }));
    app.use((_request, response) => void response.send('ok'));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function signIn(id: string, strength: 'half' | 'single' = 'single'): Promise<string> {
  const proof = { strength, browser: null, by: 'password' } as const;
  const holder = { kind: 'operator', id } as const;
  const token = await base.db.begin((tx) => startSession(tx, holder, limits, proof));
  return writeCookie(token, 60, false).split(';')[0] as string;
}

async function ask(process: number, cookie?: string) {
  const url = `http://127.0.0.1:${portOf(servers[process] as Server)}/`;
  const { status, headers } = await fetch(url, { headers: cookie ? { cookie } : {} });
  return { status, headers };
}

describe('what one person may ask', () => {
  it('is one limit in two processes and in all their sessions, and nobody else’s', async () => {
    const [ann, bob] = [await addOperator(base.db, ['lead']), await addOperator(base.db, ['lead'])];
    const tabs = [await signIn(ann.id), await signIn(ann.id)];
    const answers = [];
    for (let n = 0; n < PER_MINUTE + 5; n++) answers.push(await ask(n % 2, tabs[(n >> 1) % 2]));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(PER_MINUTE);
    expect(statuses.slice(PER_MINUTE)).toEqual(Array(5).fill(429));
    expect((await ask(0, await signIn(bob.id))).status).toBe(200);
  });

  it('is not used up by whoever has only their password', async () => {
    const { id } = await addOperator(base.db, ['lead']);
    const half = await signIn(id, 'half');
    const answers = [];
    for (let n = 0; n < PER_MINUTE + 1; n++) answers.push((await ask(0, half)).status);
    expect(answers.at(-1)).toBe(429);
    expect((await ask(0, await signIn(id))).status).toBe(200);
  });

  it('is told in headers, with when to come back', async () => {
    const { id } = await addOperator(base.db, ['moderator']);
    const cookie = await signIn(id);
    const first = await ask(0, cookie);
    expect(first.headers.get('ratelimit-limit')).toBe(String(PER_MINUTE));
    expect(first.headers.get('ratelimit-remaining')).toBe(String(PER_MINUTE - 1));
    for (let n = 1; n < PER_MINUTE; n++) await ask(0, cookie);
    const refused = await ask(1, cookie);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-remaining')).toBe('0');
    expect(refused.headers.get('retry-after')).toBe('40');
  });

  it('does not count those who are not signed in', async () => {
    const nobody = [];
    for (let n = 0; n < PER_MINUTE + 3; n++) nobody.push((await ask(0)).status);
    nobody.push((await ask(0, `rostrum=${'A'.repeat(43)}`)).status);
    expect(new Set(nobody)).toEqual(new Set([200]));
  });
});
