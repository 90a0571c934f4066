import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { signInHost } from '#server/auth/host-sign-in.ts';
import { type HostVerifier, openHostVerifier } from '#server/auth/host-token.ts';
import { readSession } from '#server/auth/sessions.ts';
import { hashToken } from '#server/auth/token.ts';
import { parseHostLinkKeys } from '#server/config/host-link-keys.ts';
import { endHostSessions } from '#server/jobs/host-sessions.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { mayWatch } from '#server/rooms/rights.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { AUDIENCE, ISSUER, platformSigner, rawToken } from '#test/support/host-links.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const limits = { idleMinutes: 60, maxHours: 2 };
const eddsa = await platformSigner('EdDSA', 'ed');
const es256 = await platformSigner('ES256', 'es');
const keys = { keys: [eddsa.jwk, es256.jwk] } as never;
const verify = openHostVerifier({ issuer: ISSUER, audience: AUDIENCE, keys });
const now = () => Math.floor(Date.now() / 1_000);

beforeAll(async () => {
  await openRoomWith(base.db, { hana: 'host', mo: 'moderator', lin: 'listener' }, 'tea');
  await openRoomWith(base.db, { hana: 'host' }, 'other');
});

const enter = (token: unknown, by: HostVerifier | null = verify) =>
  signInHost(base.db, by, token, limits);
const reasonOf = async (token: unknown) => {
  const answer = await enter(token);
  return answer.ok ? 'let in' : answer.reason;
};
const lastAudit = async () => {
  const [row] = await base.db.sql`
    select action, outcome, actor_ref, target_ref, room_ref from audit.event
    order by event_id desc limit 1`;
  return row;
};
const refOf = async (member: string) => {
  const [row] = await base.db.sql`select ref from member where id = ${member}`;
  return `member:${row?.ref}`;
};

describe('a host link', () => {
  it.each([
    ['EdDSA', eddsa],
    ['ES256', es256],
  ])('signed by %s leads into its one room, once, on the record', async (_, signer) => {
    const token = await signer.sign();
    const entered = await enter(token);
    if (!entered.ok) throw new Error(entered.reason);
    expect(entered.landing).toBe('/rooms/tea');
    const session = await readSession(base.db, entered.token, limits);
    expect(session?.actor).toEqual({ kind: 'member', id: 'hana', room: 'tea', role: 'host' });
    expect(await reasonOf(token)).toBe('used');
    const hana = await refOf('hana');
    expect(await lastAudit()).toEqual({
      action: 'host.signed_in',
      outcome: 'refused',
      actor_ref: hana,
      target_ref: hana,
      room_ref: 'tea',
    });
    const events = await base.db.sql`
      select action from audit.event where target_ref = ${hana} and outcome = 'accepted'
      order by event_id desc limit 2`;
    expect(events.map(({ action }) => action)).toEqual(['session.started', 'host.signed_in']);
  });

  it('lets in one of many who try at the same moment', async () => {
    const token = await eddsa.sign();
    const all = await Promise.all(Array.from({ length: 8 }, () => reasonOf(token)));
    expect(all.filter((one) => one === 'let in')).toHaveLength(1);
    expect(all.filter((one) => one === 'used')).toHaveLength(7);
  });

  it('is remembered as used for a day longer than it could be', async () => {
    const used = async () =>
      (await base.db.sql<{ n: number }[]>`select count(*) as n from host_link_use`)[0]?.n ?? 0;
    await reasonOf(await eddsa.sign());
    const before = await used();
    await base.db.sql`select * from purge_platform_access()`;
    expect(await used()).toBe(before);
    await expect(base.db.sql`delete from host_link_use`).rejects.toThrow('permission denied');
    await asOwner(
      base,
      (sql) => sql`update host_link_use set expires_at = now() - interval '25 h'`,
    );
    await base.db.sql`select * from purge_platform_access()`;
    expect(await used()).toBe(0);
  });

  it('gives no power in another room', async () => {
    const entered = await enter(await eddsa.sign());
    const session = await readSession(base.db, entered.ok ? entered.token : null, limits);
    if (!session) throw new Error('no session');
    expect(await mayWatch(base.db, session.actor, 'tea')).toBeNull();
    expect(await mayWatch(base.db, session.actor, 'other')).toBe('forbidden');
    expect(await mayWatch(base.db, session.actor, null)).toBe('forbidden');
    const elsewhere = await act(base.db, session.actor, 'other', { name: 'lock_room' });
    expect(elsewhere).toMatchObject({ ok: false, reason: 'forbidden' });
  });

  it('gives no more power than it says, and no more than the room does', async () => {
    const signedInAs = async (member: string, role: string) => {
      const entered = await enter(await eddsa.sign({ member, role }));
      const session = await readSession(base.db, entered.ok ? entered.token : null, limits);
      if (!session) throw new Error('no session');
      return session.actor;
    };
    const capped = await signedInAs('hana', 'moderator');
    const demote = { name: 'demote', member: 'mo', to: 'speaker' };
    expect(await act(base.db, capped, 'tea', demote)).toMatchObject({ reason: 'forbidden' });
    const lesser = await signedInAs('mo', 'host');
    expect(await act(base.db, lesser, 'tea', { name: 'end_room' })).toMatchObject({ ok: false });
    const host = await signedInAs('hana', 'host');
    expect(await act(base.db, host, 'tea', demote)).toMatchObject({ ok: true });
    expect(
      await act(base.db, host, 'tea', { name: 'promote', member: 'mo', to: 'moderator' }),
    ).toMatchObject({ ok: true });
  });

  it('is not used up by a room that refuses it', async () => {
    const token = await eddsa.sign({ member: 'lin', role: 'moderator' });
    expect(await reasonOf(token)).toBe('not_host');
    const host = { kind: 'member', id: 'hana', room: 'tea' } as const;
    for (const to of ['speaker', 'moderator']) {
      await act(base.db, host, 'tea', { name: 'promote', member: 'lin', to });
    }
    expect(await reasonOf(token)).toBe('let in');
  });

  it('leads nowhere once the room has ended', async () => {
    const room = await openRoomWith(base.db, { hana: 'host' });
    const [before, after] = [await eddsa.sign({ room }), await eddsa.sign({ room })];
    const entered = await enter(before);
    await endRoom(base.db, room, 'platform:test');
    expect(await reasonOf(after)).toBe('room_closed');
    const session = await readSession(base.db, entered.ok ? entered.token : null, limits);
    expect(session && (await mayWatch(base.db, session.actor, room))).toBe('forbidden');
    expect(await reasonOf(await eddsa.sign({ room: 'nowhere' }))).toBe('room_closed');
    expect(await reasonOf(await eddsa.sign({ member: 'nobody' }))).toBe('not_host');
  });
});

describe('a host’s session', () => {
  it('is over after the hours of hosts, however busy, though operators have more', async () => {
    const ofHosts = { idleMinutes: 120, maxHours: 24, hostHours: 3 };
    const entered = await signInHost(base.db, verify, await eddsa.sign(), ofHosts);
    const token = entered.ok ? entered.token : '';
    const hash = hashToken(token);
    const holdsAfter = async (minutes: number) => {
      await asOwner(
        base,
        (sql) => sql`
          update session set created_at = created_at - make_interval(mins => ${minutes}),
            seen_at = seen_at - make_interval(mins => ${minutes}),
            expires_at = expires_at - make_interval(mins => ${minutes})
          where token_hash = ${hash}`,
      );
      return (await readSession(base.db, token, ofHosts)) !== null;
    };
    expect([await holdsAfter(100), await holdsAfter(75), await holdsAfter(6)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('goes on after its room until the hand-over is read, and ends with it, on the record', async () => {
    const { actor: lead } = await addOperator(base.db, ['lead']);
    const room = await openRoomWith(base.db, { hana: 'host', bo: 'moderator' });
    const tokens: string[] = [];
    for (const [member, role] of [['hana', 'host'] as const, ['bo', 'moderator'] as const]) {
      const entered = await enter(await eddsa.sign({ room, member, role }));
      if (entered.ok) tokens.push(entered.token);
    }
    const elsewhere = await enter(await eddsa.sign());
    const note = await act(base.db, lead, room, { name: 'hand_over', note: 'Two hands waited.' });
    await act(base.db, lead, room, { name: 'end_room' });
    await endHostSessions(base.db);
    const read = (token = '') => readSession(base.db, token, limits);
    const session = await read(tokens[0]);
    expect(session && (await mayWatch(base.db, session.actor, room))).toBeNull();

    const seen = { name: 'acknowledge_hand_over', handOver: note.ok ? note.commandId : '' };
    expect(await act(base.db, lead, room, seen)).toMatchObject({ ok: true });
    expect(session && (await mayWatch(base.db, session.actor, room))).toBe('forbidden');
    expect(await reasonOf(await eddsa.sign({ room }))).toBe('room_closed');
    const ended = await Promise.all([endHostSessions(base.db), endHostSessions(base.db)]);
    expect(ended.reduce((sum, each) => sum + each)).toBe(2);
    expect(await Promise.all(tokens.map(read))).toEqual([null, null]);
    expect(await read(elsewhere.ok ? elsewhere.token : '')).not.toBeNull();
    const events = await base.db.sql`
      select actor_ref, target_ref from audit.event
      where action = 'session.ended' and room_ref = ${room} order by 2`;
    const refs = [await refOf('hana'), await refOf('bo')].sort();
    expect([...events]).toEqual(refs.map((ref) => ({ actor_ref: 'system', target_ref: ref })));
    expect(await endHostSessions(base.db)).toBe(0);
  });
});

describe('a token of another kind', () => {
  const payload = () => ({
    iss: ISSUER,
    aud: AUDIENCE,
    iat: now(),
    exp: now() + 60,
    jti: randomUUID(),
    room: 'tea',
    member: 'hana',
    role: 'host',
  });
  const hmac = (header: object, key: string | Buffer) => {
    const unsigned = rawToken(header, payload(), '').slice(0, -1);
    return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
  };

  it.each<[string, () => Promise<unknown> | unknown, string]>([
    ['alg none', () => rawToken({ alg: 'none' }, payload(), ''), 'unusable'],
    ['alg None, with a kid', () => rawToken({ alg: 'None', kid: 'ed' }, payload(), ''), 'unusable'],
    ['no signature', async () => (await eddsa.sign()).replace(/[^.]+$/, ''), 'unusable'],
    [
      'HS256 by the public key as JSON',
      () => hmac({ alg: 'HS256', kid: 'ed' }, JSON.stringify(eddsa.jwk)),
      'unusable',
    ],
    [
      "HS256 by the public key's bytes",
      () => hmac({ alg: 'HS256', kid: 'ed' }, Buffer.from(String(eddsa.jwk.x), 'base64url')),
      'unusable',
    ],
    ['EdDSA named, HMAC signed', () => hmac({ alg: 'EdDSA', kid: 'ed' }, 'k'), 'unusable'],
    ["another key's kid", () => eddsa.sign({}, { kid: 'es' }), 'unusable'],
    ['no kid among several of its kind', () => eddsa.sign({}, { kid: 'nobody' }), 'unusable'],
    ['a kid that is a path', () => eddsa.sign({}, { kid: '../../dev/null' }), 'unusable'],
    ['a kid that is SQL', () => eddsa.sign({}, { kid: "' or 1=1 --" }), 'unusable'],
    ['a critical header unknown', () => eddsa.sign({}, { b64x: 1 }).then(crit), 'unusable'],
    ['another audience', () => eddsa.sign({ aud: 'https://other.example' }), 'unusable'],
    ['no audience', () => eddsa.sign({ aud: undefined as never }), 'unusable'],
    ['another issuer', () => eddsa.sign({ iss: 'https://evil.example' }), 'unusable'],
    ['no issuer', () => eddsa.sign({ iss: undefined as never }), 'unusable'],
    ['a time that is over', () => eddsa.sign({ iat: now() - 200, exp: now() - 60 }), 'expired'],
    ['no expiry', () => eddsa.sign({ exp: undefined as never }), 'unusable'],
    ['an expiry far off', () => eddsa.sign({ exp: now() + 3_600 }), 'unusable'],
    ['an old beginning', () => eddsa.sign({ iat: now() - 600, exp: now() + 60 }), 'expired'],
    ['a time to come', () => eddsa.sign({ nbf: now() + 60 }), 'early'],
    ['a beginning to come', () => eddsa.sign({ iat: now() + 60, exp: now() + 120 }), 'early'],
    ['no id of its own', () => eddsa.sign({ jti: undefined as never }), 'unusable'],
    ['an id of a megabyte', () => eddsa.sign({ jti: 'x'.repeat(1_000_000) }), 'unusable'],
    ['a role that is none', () => eddsa.sign({ role: 'admin' }), 'unusable'],
    ['a room that is a path', () => eddsa.sign({ room: '../log' }), 'unusable'],
    ['a room elsewhere', () => eddsa.sign({ room: '//evil.example' }), 'unusable'],
    ['a changed payload', () => eddsa.sign().then(tampered), 'unusable'],
    ['no token at all', () => undefined, 'unusable'],
    ['an object', () => ({ token: 'x' }), 'unusable'],
    ['ten megabytes', () => 'x'.repeat(10_000_000), 'unusable'],
  ])('is refused with %s', async (_, make, reason) => {
    const before = await sessions();
    expect(await reasonOf(await make())).toBe(reason);
    expect(await sessions()).toBe(before);
  });

  it('is refused when another signer made it under a known name', async () => {
    const stranger = await platformSigner('EdDSA', 'ed');
    expect(await reasonOf(await stranger.sign())).toBe('unusable');
    expect(await reasonOf(await stranger.sign({}, { jwk: stranger.jwk }))).toBe('unusable');
    const offered = { jku: 'https://evil.example/keys', x5u: 'https://evil.example/chain' };
    expect(await reasonOf(await stranger.sign({}, offered))).toBe('unusable');
  });

  it('is on the record without an author, and soon no more than is of use', async () => {
    for (let i = 0; i < 30; i++) await reasonOf('guess');
    const [row] = await base.db.sql<{ n: number }[]>`
      select count(*) as n from audit.event
      where actor_ref = 'unknown' and action = 'host.signed_in' and outcome = 'refused'`;
    expect(row?.n).toBeGreaterThan(0);
    expect(row?.n).toBeLessThanOrEqual(20);
  });

  it('is refused where the platform signs none', async () => {
    expect(await enter(await eddsa.sign(), null)).toEqual({ ok: false, reason: 'unusable' });
  });
});

const sessions = async () =>
  (await base.db.sql<{ n: number }[]>`select count(*) as n from session`)[0]?.n;

function tampered(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const said = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...said, room: 'other' })).toString('base64url');
  return [header, other, signature].join('.');
}

function crit(token: string): string {
  const [header = '', payload, signature] = token.split('.');
  const said = JSON.parse(Buffer.from(header, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...said, crit: ['b64x'] })).toString('base64url');
  return [other, payload, signature].join('.');
}

describe("the platform's keys", () => {
  let server: Server;
  let answer: () => { status: number; body: string };
  let asked = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked++;
      const { status, body } = answer();
      response.writeHead(status, { Location: 'https://evil.example/' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  const remote = () => {
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`);
    return openHostVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: url });
  };
  const serve = (...jwks: object[]) => ({ status: 200, body: JSON.stringify({ keys: jwks }) });

  it('are fetched once for many links, and a name unknown asks again only after a pause', async () => {
    asked = 0;
    answer = () => serve(eddsa.jwk);
    const verifyRemote = remote();
    for (let i = 0; i < 5; i++) expect((await verifyRemote(await eddsa.sign())).ok).toBe(true);
    expect(asked).toBe(1);
    for (let i = 0; i < 20; i++) {
      expect(await verifyRemote(await es256.sign())).toEqual({ ok: false, why: 'forged' });
    }
    expect(asked).toBe(1);
  });

  it('are fetched anew for one that came in since', async () => {
    asked = 0;
    answer = () => serve(eddsa.jwk);
    const verifyRemote = remote();
    expect((await verifyRemote(await eddsa.sign())).ok).toBe(true);
    answer = () => serve(es256.jwk);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await verifyRemote(await es256.sign())).ok).toBe(true);
    expect(await verifyRemote(await eddsa.sign())).toEqual({ ok: false, why: 'forged' });
    expect(asked).toBe(2);
  });

  it.each<[string, () => { status: number; body: string }]>([
    ['an error', () => ({ status: 500, body: '' })],
    ['a redirect', () => ({ status: 302, body: '' })],
    ['no JSON', () => ({ status: 200, body: '<html>' })],
    ['no key set', () => ({ status: 200, body: '{"keys":"none"}' })],
    ['more than a key set can need', () => ({ status: 200, body: ' '.repeat(100_000) })],
  ])('let nobody in while their address answers with %s, and say so', async (_, wrong) => {
    answer = wrong;
    expect(await remote()(await eddsa.sign())).toEqual({ ok: false, why: 'keys_unreachable' });
    answer = () => serve(eddsa.jwk);
    expect((await remote()(await eddsa.sign())).ok).toBe(true);
  });

  it('are read from the configuration, public ones of the right kinds only', async () => {
    const { jwk } = eddsa;
    expect(parseHostLinkKeys(JSON.stringify(jwk))).toEqual({ keys: [jwk] });
    expect(parseHostLinkKeys(JSON.stringify({ keys: [jwk, es256.jwk] }))).toMatchObject({
      keys: [{ kid: 'ed' }, { kid: 'es' }],
    });
    for (const [text, flaw] of [
      ['', /JSON/],
      ['{"keys":[]}', /Ed25519 or P-256/],
      [JSON.stringify({ ...jwk, d: 'private' }), /public keys only/],
      [JSON.stringify({ kty: 'oct', k: 'secret' }), /Ed25519 or P-256/],
      [JSON.stringify({ kty: 'RSA', n: 'x', e: 'AQAB' }), /Ed25519 or P-256/],
      [JSON.stringify({ keys: [jwk, jwk] }), /kid of its own/],
    ] as const) {
      expect(parseHostLinkKeys(text)).toMatch(flaw);
    }
  });
});
