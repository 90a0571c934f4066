import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewKey } from '#app/domain/platform/commands.ts';
import { openKeyRing } from '#server/platform/key-ring.ts';
import { composeSecret, idInSecret, makeKeySecret } from '#server/platform/key-secret.ts';
import { makeKey, revokeKey, rotateKey } from '#server/platform/keys.ts';
import { readKeys } from '#server/platform/read-keys.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { opened, SECRETS, useRostrum } from '#test/support/rostrum.ts';
import { eventually } from '#test/support/server.ts';

const base = useDatabase();
const server = useRostrum(base);
const OWNER = { kind: 'system' } as const;

async function made(more: Partial<NewKey> = {}) {
  const key = { name: 'Back end', scopes: ['rooms' as const, 'events' as const], ...more };
  const answer = await makeKey(base.db, OWNER, key);
  if (!answer.ok) throw new Error(answer.reason);
  return answer;
}

const room = `tea-${randomUUID().slice(0, 8)}`;
const look = (secret: string) => server.call(`/rooms/${room}`, { secret });
const rowOf = async (id: string) => (await readKeys(base.db, OWNER))?.find((row) => row.id === id);
const eventsAbout = async (id: string) => {
  const rows = await base.db.sql<{ action: string; outcome: string; actor_ref: string }[]>`
    select action, outcome, actor_ref from audit.event
    where target_ref = ${`platform:${id}`} order by event_id`;
  return rows.map(({ action, outcome }) => `${action} ${outcome}`);
};

describe('a secret', () => {
  it('is told by sight, and one wrong letter by its checksum', () => {
    const { id, secret } = makeKeySecret();
    expect(secret).toMatch(/^rsk_[0-9a-z]{12}_[0-9A-Za-z]{49}$/);
    expect(idInSecret(secret)).toBe(id);
    for (let at = 4; at < secret.length; at++) {
      const other = secret[at] === 'a' ? 'b' : 'a';
      if (secret[at] === '_') continue;
      expect(idInSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBeNull();
    }
  });

  it('is kept as a hash only, in the database and in the log', async () => {
    const { id, secret } = await made();
    const stored = await base.db.sql`select * from platform_key where id = ${id}`;
    const said = await asOwner(
      base,
      (sql) => sql`select value from audit.disclosure where name = 'after'`,
    );
    expect(JSON.stringify([stored, said])).toContain(id);
    expect(JSON.stringify([stored, said])).not.toContain(secret.slice(-40));
  });
});

describe('a call', () => {
  it('goes by a key of the database as by one of the configuration', async () => {
    const { id, secret } = await made();
    expect((await server.call(`/rooms/${room}/events`, { secret, body: [opened()] })).status).toBe(
      200,
    );
    expect((await look(secret)).status).toBe(200);
    expect((await look(SECRETS.reader)).status).toBe(200);
    const [opening] = await base.db.sql`
      select actor_ref from audit.event where action = 'room.opened' and room_ref = ${room}`;
    expect(opening?.actor_ref).toBe(`platform:${id}`);
  });

  it('goes no further than its scopes', async () => {
    const { secret } = await made({ scopes: ['rooms'] });
    const answer = await server.call(`/rooms/${room}/events`, { secret, body: [opened()] });
    expect(answer).toMatchObject({ status: 403, body: { reason: 'forbidden' } });
  });

  it.each([
    [
      'another random part',
      (secret: string) => secret.slice(0, 20) + makeKeySecret().secret.slice(20),
    ],
    ['a key that never was', () => makeKeySecret().secret],
    ['a secret cut short', (secret: string) => secret.slice(0, -1)],
    ['a secret with more behind it', (secret: string) => `${secret}0`],
  ])('is refused with %s', async (_, change) => {
    const { secret } = await made();
    expect((await look(change(secret))).status).toBe(401);
  });

  it('is refused when the id of one comes with the random part of another', async () => {
    const [one, two] = [await made(), await made()];
    const mixed = composeSecret(one.id, two.secret.slice(17, 60));
    expect(idInSecret(mixed)).toBe(one.id);
    await look(one.secret);
    expect((await look(mixed)).status).toBe(401);
    expect((await look(one.secret)).status).not.toBe(401);
  });

  it("is limited by the key's own rate, and says in headers what is left and when to come back", async () => {
    const { secret } = await made({ callsPerMinute: 2 });
    const first = await look(secret);
    expect(first.status).not.toBe(429);
    expect(first.headers.get('ratelimit-limit')).toBe('2');
    expect(first.headers.get('ratelimit-remaining')).toBe('1');
    expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    await look(secret);
    const third = await look(secret);
    expect(third).toMatchObject({ status: 429, body: { reason: 'rate_limited' } });
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await look((await made()).secret)).headers.get('ratelimit-limit')).toBe('6000');
  });

  it('is noted to the minute, once', async () => {
    const { id, secret } = await made();
    expect((await rowOf(id))?.lastUsedAt).toBeNull();
    await look(secret);
    const used = await eventually(
      async () => (await rowOf(id))?.lastUsedAt,
      (at) => Boolean(at),
    );
    await look(secret);
    await look(secret);
    expect((await rowOf(id))?.lastUsedAt).toBe(used);
    expect(await eventsAbout(id)).toEqual(['platform_key.made accepted']);
  });
});

describe('the end of a key', () => {
  it('is seen by every process within two seconds, and is for good', async () => {
    const { id, secret } = await made();
    let time = Date.now();
    const elsewhere = openKeyRing({
      db: base.db,
      configured: [],
      failed: () => {},
      now: () => time,
    });
    expect((await elsewhere.find(secret))?.id).toBe(id);
    expect(await revokeKey(base.db, OWNER, { key: id })).toEqual({ ok: true });
    expect((await elsewhere.find(secret))?.id).toBe(id);
    time += 2_001;
    expect(await elsewhere.find(secret)).toBeNull();
    elsewhere.forget();
    expect(await elsewhere.find(secret)).toBeNull();
    expect(await revokeKey(base.db, OWNER, { key: id })).toEqual({ ok: false, reason: 'ended' });
    expect(await eventsAbout(id)).toEqual([
      'platform_key.made accepted',
      'platform_key.revoked accepted',
    ]);
    const back = base.db.sql`update platform_key set revoked_at = null where id = ${id}`;
    await expect(back).rejects.toThrow('not given back');
  });

  it('is seen by a call, too, whose body is held back until then', async () => {
    const { id, secret } = await made();
    const body = JSON.stringify([opened()]);
    const held = request(`${server.url}/api/v1/rooms/held-back/events`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${secret}`,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
      },
    });
    held.write(body.slice(0, 5));
    // What has come is looked at by then.
    expect((await look(secret)).status).not.toBe(401);
    expect(await revokeKey(base.db, OWNER, { key: id })).toEqual({ ok: true });
    await eventually(
      () => look(secret),
      ({ status }) => status === 401,
    );
    held.end(body.slice(5));
    const [response] = await once(held, 'response');
    expect(response.statusCode).toBe(401);
    response.resume();
    expect((await server.call('/rooms/held-back')).status).toBe(404);
  });

  it('comes by its date', async () => {
    const { id, secret } = await made({ days: 1 });
    let time = Date.now();
    const ring = openKeyRing({ db: base.db, configured: [], failed: () => {}, now: () => time });
    expect((await ring.find(secret))?.id).toBe(id);
    time += 24 * 3_600_000 + 1;
    // The database's clock still lets it hold: the process's own says it is over.
    expect(await ring.find(secret)).toBeNull();
  });

  it('comes after an overlap when another takes over', async () => {
    const old = await made({ days: 30, callsPerMinute: 50 });
    const rotated = await rotateKey(base.db, OWNER, { key: old.id, overlapHours: 2 });
    if (!rotated.ok) throw new Error(rotated.reason);
    expect((await look(old.secret)).status).not.toBe(401);
    expect((await look(rotated.secret)).status).not.toBe(401);
    const [before, after] = [await rowOf(old.id), await rowOf(rotated.id)];
    expect(before?.replacedBy).toBe(rotated.id);
    const left = Date.parse(before?.expiresAt ?? '') - Date.now();
    expect(left).toBeGreaterThan(7_190_000);
    expect(left).toBeLessThanOrEqual(7_200_000);
    expect(after).toMatchObject({ name: 'Back end', scopes: before?.scopes, callsPerMinute: 50 });
    expect(Date.parse(after?.expiresAt ?? '') - Date.now()).toBeGreaterThan(29 * 86_400_000);
    const again = await rotateKey(base.db, OWNER, { key: old.id, overlapHours: 2 });
    expect(again).toEqual({ ok: false, reason: 'ended' });
    expect(await eventsAbout(old.id)).toContain('platform_key.rotated accepted');
    expect(await eventsAbout(rotated.id)).toEqual(['platform_key.made accepted']);
  });

  it('comes at once when the overlap is nothing', async () => {
    const old = await made();
    const rotated = await rotateKey(base.db, OWNER, { key: old.id, overlapHours: 0 });
    expect(rotated.ok).toBe(true);
    const ring = openKeyRing({ db: base.db, configured: [], failed: () => {} });
    expect(await ring.find(old.secret)).toBeNull();
  });

  it('is one of many who rotate at the same moment', async () => {
    const { id } = await made();
    const asked = Array.from({ length: 5 }, () =>
      rotateKey(base.db, OWNER, { key: id, overlapHours: 1 }),
    );
    expect((await Promise.all(asked)).filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe('keys', () => {
  it('are made, seen and ended by admins only, and every attempt is on the record', async () => {
    const { id } = await made();
    for (const roles of [['moderator', 'lead', 'auditor'], []]) {
      const { actor, id: who } = await addOperator(base.db, roles);
      const forbidden = { ok: false, reason: 'forbidden' };
      expect(await readKeys(base.db, actor)).toBeNull();
      expect(await makeKey(base.db, actor, { name: 'x', scopes: ['rooms'] })).toEqual(forbidden);
      expect(await rotateKey(base.db, actor, { key: id, overlapHours: 1 })).toEqual(forbidden);
      expect(await revokeKey(base.db, actor, { key: id })).toEqual(forbidden);
      const refused = await base.db.sql`
        select action from audit.event
        where actor_ref = ${`operator:${who}`} and outcome = 'refused' order by event_id`;
      expect(refused.map(({ action }) => action)).toEqual([
        'platform_key.made',
        'platform_key.rotated',
        'platform_key.revoked',
      ]);
    }
    const admin = await addOperator(base.db, ['admin']);
    expect((await readKeys(base.db, admin.actor))?.length).toBeGreaterThan(0);
    expect((await makeKey(base.db, admin.actor, { name: 'x', scopes: ['rooms'] })).ok).toBe(true);
    const stranger = { kind: 'member', id: 'm', room } as const;
    expect(await readKeys(base.db, stranger)).toBeNull();
    expect(await readKeys(base.db, { kind: 'platform', key: id })).toBeNull();
  });

  it.each([
    [{ name: '', scopes: ['rooms'] }, 'name'],
    [{ name: 'x', scopes: [] }, 'scopes'],
    [{ name: 'x', scopes: ['all'] }, 'scopes.0'],
    [{ name: 'x', scopes: ['rooms'], days: 0 }, 'days'],
    [{ name: 'x', scopes: ['rooms'], days: 731 }, 'days'],
    [{ name: 'x', scopes: ['rooms'], callsPerMinute: 0 }, 'callsPerMinute'],
    [{ name: 'x', scopes: ['rooms'], hash: 'mine' }, ''],
    [null, ''],
  ])('are not made of %j', async (input, field) => {
    expect(await makeKey(base.db, OWNER, input)).toEqual({ ok: false, reason: 'invalid', field });
  });

  it('change in the database only with an event, and some of them never', async () => {
    const { id } = await made();
    const { sql } = base.db;
    const hash = randomUUID();
    await expect(
      sql`insert into platform_key (id, name, secret_hash, scopes, created_by)
        values ('quiet', 'q', ${hash}, '{rooms}', 'system')`,
    ).rejects.toThrow('without an audit event');
    await expect(sql`update platform_key set revoked_at = now() where id = ${id}`).rejects.toThrow(
      'without an audit event',
    );
    for (const change of [
      `update platform_key set scopes = '{events}' where id = '${id}'`,
      `update platform_key set secret_hash = 'x' where id = '${id}'`,
      'delete from platform_key',
      'truncate platform_key',
    ]) {
      await expect(sql.unsafe(change)).rejects.toThrow('permission denied');
    }
    const owner = asOwner(base, (o) => o`delete from platform_key where id = ${id}`);
    await expect(owner).rejects.toThrow('without an audit event');
  });

  it('are found by nobody while the database is away, and the call says so', async () => {
    const { secret } = await made();
    const ring = openKeyRing({
      db: { ...base.db, sql: (() => Promise.reject(new Error('gone'))) as never },
      configured: [],
      failed: () => {},
    });
    await expect(ring.find(secret)).rejects.toThrow('gone');
    await asOwner(base, (sql) => sql`alter table platform_key rename to platform_key_away`);
    onTestFinished(async () => {
      await asOwner(base, (sql) => sql`alter table platform_key_away rename to platform_key`);
    });
    const answer = await look(secret);
    expect(answer).toMatchObject({ status: 503, body: { reason: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});
