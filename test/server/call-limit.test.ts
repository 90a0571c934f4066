import type { Response } from 'express';
import { expect, it } from 'vitest';
import { openCallLimit } from '#server/platform/call-limit.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();

/** As much of a response as the limit sets. */
function heading() {
  const headers = new Map<string, string>();
  const response = {
    get: (name: string) => headers.get(name),
    set(more: object) {
      for (const [name, one] of Object.entries(more)) headers.set(name, one);
    },
  };
  return { headers, response: response as unknown as Response };
}

const key = (id: string, callsPerMinute: number) => ({
  id,
  hash: Buffer.alloc(32),
  scopes: new Set<never>(),
  callsPerMinute,
});

it('is one limit in two processes, however the calls fall', async () => {
  let time = Date.UTC(2026, 0, 1, 12);
  const now = () => time;
  const limits = [1, 2].map(() => openCallLimit({ usual: 10, shared: base.db.sql, now }));
  const both = (id: string, calls: number, perMinute: number) =>
    Promise.all(
      Array.from({ length: calls }, (_, n) =>
        limits[n % 2]?.take(key(id, perMinute), heading().response),
      ),
    );
  for (const perMinute of [1, 7, 250]) {
    const taken = await both(`key-${perMinute}`, perMinute * 2 + 5, perMinute);
    expect(taken.filter(Boolean)).toHaveLength(perMinute);
  }
  time += 60_000;
  expect((await both('key-7', 20, 7)).filter(Boolean)).toHaveLength(7);
});

it('says what is left of all, and when the next minute comes', async () => {
  const now = () => Date.UTC(2026, 0, 1, 13) + 15_000;
  const [one, two] = [1, 2].map(() => openCallLimit({ usual: 3, shared: base.db.sql, now }));
  const take = async (limit: typeof one) => {
    const { headers, response } = heading();
    return { ok: await limit?.take(key('said', 3), response), headers };
  };
  expect((await take(one)).headers.get('RateLimit-Remaining')).toBe('2');
  expect((await take(two)).headers.get('RateLimit-Remaining')).toBe('1');
  await take(two);
  const refused = await take(one);
  expect(refused.ok).toBe(false);
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'RateLimit-Limit': '3',
    'RateLimit-Remaining': '0',
    'RateLimit-Reset': '45',
    'Retry-After': '45',
  });
});

it('asks the database for few of many calls', async () => {
  let asked = 0;
  const sql = ((...args: Parameters<typeof base.db.sql>) => {
    asked++;
    return base.db.sql(...args);
  }) as unknown as typeof base.db.sql;
  const limit = openCallLimit({ usual: 6_000, shared: sql, now: () => Date.UTC(2026, 0, 1, 14) });
  for (let i = 0; i < 600; i++) await limit.take(key('busy', 6_000), heading().response);
  expect(asked).toBe(10);
});
