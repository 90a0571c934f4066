import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCookie } from '#server/auth/cookie.ts';
import { startSession } from '#server/auth/sessions.ts';
import { addAccount } from '#test/support/accounts.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { hasRedis, startRedis, type TestRedis } from '#test/support/redis.ts';
import { ENVIRONMENT } from '#test/support/rostrum.ts';
import { type ServerProcess, startServerProcess } from '#test/support/server-process.ts';
import { useAccounts } from '#test/support/use-accounts.ts';

const MINUTE = 60_000;
const PAGES = 8;
const withRedis = hasRedis();

const { base, accounts } = useAccounts();
const processes: ServerProcess[] = [];
let redis: TestRedis | undefined;

beforeAll(async () => {
  await ensureBuilt();
  redis = withRedis ? await startRedis() : undefined;
  const environment = {
    ...ENVIRONMENT,
    DATABASE_URL: base.appUrl,
    // Names are counted under keys of it: without it, each process would make one of its own.
    ACCOUNT_KEY: 'an account key of the tests, long enough',
    // Not what each process counts by itself.
    SIGN_INS_PER_MINUTE: '1000',
    ACTOR_PAGES_PER_MINUTE: String(PAGES),
    ...(redis && { REDIS_URL: redis.url }),
  };
  for (let n = 0; n < 2; n++) processes.push(await startServerProcess(environment));
}, 240_000);
afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  await redis?.kill();
});

/** Asks so many times, as it falls by turns at the one process and the other. */
function askBoth(times: number, ask: (url: string) => Promise<Response>): Promise<number[]> {
  const asked = Array.from({ length: times }, async (_, n) => {
    const response = await ask(processes[n % 2]?.url ?? '');
    await response.arrayBuffer();
    return response.status;
  });
  return Promise.all(asked);
}

const countOf = (statuses: number[], status: number) =>
  statuses.filter((each) => each === status).length;

describe('two processes of the operating system', () => {
  it('look at no more tries at a password than one would', async () => {
    const { name } = await addAccount(accounts);
    const statuses = await askBoth(12, (url) =>
      fetch(`${url}/sign-in`, {
        method: 'POST',
        headers: { Origin: url, 'Sec-Fetch-Site': 'same-origin' },
        body: new URLSearchParams({ name, password: 'not this one at all' }),
      }),
    );
    // Each by itself would look at six, and together at all twelve.
    expect(countOf(statuses, 403)).toBeGreaterThanOrEqual(6);
    // A second may pass meanwhile, and some more on a busy machine.
    expect(countOf(statuses, 403)).toBeLessThanOrEqual(8);
    expect(countOf(statuses, 429)).toBe(12 - countOf(statuses, 403));
  });

  it.skipIf(!withRedis)('give one person no more pages than one would', async () => {
    const { id } = await addAccount(accounts);
    const holder = { kind: 'operator', id } as const;
    const token = await base.db.begin((tx) => startSession(tx, holder, accounts.limits));
    const cookie = writeCookie(token, 60, false).split(';')[0] ?? '';
    // It is counted by the minute: none is to end meanwhile.
    const left = MINUTE - (Date.now() % MINUTE);
    if (left < 10_000) await sleep(left);
    const statuses = await askBoth(2 * PAGES, (url) =>
      fetch(`${url}/operators/news`, { headers: { cookie } }),
    );
    expect(countOf(statuses, 200)).toBe(PAGES);
    expect(countOf(statuses, 429)).toBe(PAGES);
  });
});
