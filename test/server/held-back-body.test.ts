import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeCookie } from '#server/auth/cookie.ts';
import { endSession, startSession } from '#server/auth/sessions.ts';
import { openBuiltPages } from '#server/http/pages.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
beforeAll(ensureBuilt, 240_000);
const server = useRostrum(base, {}, openBuiltPages);
const limits = { idleMinutes: 60, maxHours: 2 };

/** Begins to send what an admin may do, and sends the rest once something has happened meanwhile. */
async function sendAround(happens: (token: string) => Promise<void>, body: string) {
  const { id } = await addOperator(base.db, ['admin']);
  const holder = { kind: 'operator', id } as const;
  const token = await base.db.begin((tx) => startSession(tx, holder, limits));
  const sent = request(`${server.url}/operators/act`, {
    method: 'POST',
    headers: {
      Cookie: writeCookie(token, 60, false).split(';')[0] ?? '',
      Origin: server.url,
      'Sec-Fetch-Site': 'same-origin',
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    },
  });
  sent.write(body.slice(0, 10));
  // What has come is looked at by then.
  await sleep(200);
  await happens(token);
  sent.end(body.slice(10));
  const [response] = await once(sent, 'response');
  return (await json(response)) as { ok: boolean; reason?: string };
}

const invite = (name: string) => JSON.stringify({ invite: { name, roles: ['admin'] } });

describe('a form whose rest is held back', () => {
  it('does nothing when its session was ended meanwhile', async () => {
    const answer = await sendAround((token) => endSession(base.db, token), invite('Accomplice'));
    expect(answer).toEqual({ ok: false, reason: 'forbidden' });
    const rows = await base.db.sql`select from operator where name = 'Accomplice'`;
    expect(rows).toHaveLength(0);
  });

  it.each([0, 20_000, 60_000])('is read whole, with %d bytes more', async (more) => {
    const name = `Friend ${more}`;
    const body = invite(name).replace('{', `{${' '.repeat(more)}`);
    expect(await sendAround(async () => {}, body)).toMatchObject({ ok: true });
    const rows = await base.db.sql`select from operator where name = ${name}`;
    expect(rows).toHaveLength(1);
  });
});
