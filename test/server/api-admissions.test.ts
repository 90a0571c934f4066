import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyJoinToken } from '#server/auth/join-token.ts';
import { addOperator } from '#server/auth/operators.ts';
import { useDatabase } from '#test/support/postgres.ts';
import {
  event,
  JOIN_SECRETS,
  joined,
  opened,
  profileOf,
  SECRETS,
  useRostrum,
} from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base);
const keys = [{ id: 'first', secret: Buffer.from(JOIN_SECRETS.first) }];
let operator = '';

beforeAll(async () => {
  const lead = { name: 'Lead', roles: ['lead'] as const, minutes: 5 };
  const added = await addOperator(base.db, 'system', lead);
  operator = added.ok ? added.id : '';
  const events = [opened(), joined('ada', { role: 'speaker' }), joined('bo')];
  await server.call('/rooms/tea/events', { body: events });
});

const admit = (room: string, body: unknown, secret?: string | null) =>
  server.call(`/rooms/${room}/admissions`, { body, ...(secret !== undefined && { secret }) });

async function act(name: string, member: string, room = 'tea') {
  const command = { id: randomUUID(), name, room, member, reason: 'test' };
  const answer = await server.app.act({ kind: 'operator', id: operator }, command);
  expect(answer).toMatchObject({ ok: true });
}

describe('admissions', () => {
  it('admits a newcomer with the rights they will have, and a token that says so', async () => {
    const { status, body } = await admit('tea', { member: 'cy', profile: profileOf('cy') });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      admit: true,
      rights: { role: 'listener', maySpeak: false, mayRaiseHand: true },
    });
    expect(Date.parse(body.expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    expect(verifyJoinToken(keys, body.token)).toEqual({
      ok: true,
      claims: {
        room: 'tea',
        member: 'cy',
        role: 'listener',
        profile: { ...profileOf('cy'), inviter: null },
        signedBy: 'platform:join_token/first',
      },
    });
  });

  it("goes by the room's own role and by a mute, whatever the platform asks for", async () => {
    const speaking = await admit('tea', { member: 'ada', role: 'listener' });
    expect(speaking.body.rights).toEqual({ role: 'speaker', maySpeak: true, mayRaiseHand: false });
    await act('mute', 'ada');
    const muted = await admit('tea', { member: 'ada', role: 'host' });
    expect(muted.body.rights).toMatchObject({ role: 'speaker', maySpeak: false });
  });

  it('keeps the removed out, and gives them no token', async () => {
    await act('remove', 'bo');
    const { status, body } = await admit('tea', { member: 'bo', profile: profileOf('bo2') });
    expect(status).toBe(200);
    expect(body).toEqual({
      admit: false,
      reason: 'removed',
      rights: { role: 'listener', maySpeak: false, mayRaiseHand: false },
    });
  });

  it('keeps newcomers out of a locked or ended room', async () => {
    await server.call('/rooms/shut/events', { body: [opened()] });
    const lock = { id: randomUUID(), name: 'lock_room', room: 'shut', reason: 'test' };
    await server.app.act({ kind: 'operator', id: operator }, lock);
    const asked = { member: 'cy', profile: profileOf('cy') };
    expect((await admit('shut', asked)).body).toMatchObject({
      admit: false,
      reason: 'room_locked',
    });
    await server.call('/rooms/shut/events', { body: [event('room_ended')] });
    expect((await admit('shut', asked)).body).toMatchObject({ admit: false, reason: 'room_ended' });
  });

  it.each<[string, unknown, number, string]>([
    ['nothing', undefined, 422, 'invalid'],
    ['an array', [], 422, 'invalid'],
    ['no member', {}, 422, 'invalid'],
    ['a member of the wrong type', { member: 7 }, 422, 'invalid'],
    ['an unknown field', { member: 'ada', admit: true }, 422, 'invalid'],
    ['someone unknown without a profile', { member: 'zed' }, 422, 'invalid'],
    ['a role that is none', { member: 'ada', role: 'king' }, 422, 'invalid'],
    ['too much', { member: 'x'.repeat(20_000) }, 413, 'too_large'],
  ])('refuses %s', async (_, body, status, reason) => {
    const raw = body === undefined ? '{' : JSON.stringify(body);
    const answer = await server.call('/rooms/tea/admissions', { raw });
    expect(answer).toMatchObject({ status, body: { reason } });
  });

  it('refuses a room that is not there, and a key without the scope', async () => {
    expect(await admit('nowhere', { member: 'ada' })).toMatchObject({
      status: 404,
      body: { reason: 'room_not_found' },
    });
    expect((await admit('tea', { member: 'ada' }, SECRETS.reader)).status).toBe(403);
    expect((await admit('tea', { member: 'ada' }, null)).status).toBe(401);
  });
});

describe('the head of a room', () => {
  it('is what the room is now', async () => {
    const { status, body } = await server.call('/rooms/tea', { secret: SECRETS.reader });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'tea', status: 'live', locked: false, present: 1 });
    expect(body.openedAt).toMatch(/Z$/);
    expect((await server.call('/rooms/nowhere')).status).toBe(404);
  });
});
