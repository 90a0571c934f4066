import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { writeCookie } from '#server/auth/cookie.ts';
import { redeemLink } from '#server/auth/links.ts';
import { addOperator, disableOperator } from '#server/auth/operators.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, profileOf, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base);
const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.disconnect();
});

function open(namespace: string, options: object): Promise<Socket> {
  const transports = ['websocket'];
  const socket = io(server.url + namespace, {
    transports,
    forceNew: true,
    reconnection: false,
    ...options,
  });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', reject);
  });
}

async function signIn(name: string): Promise<string> {
  const operator = { name, roles: ['moderator'] as const, minutes: 5 };
  const added = await addOperator(base.db, 'system', operator);
  const limits = { idleMinutes: 60, maxHours: 1 };
  const redeemed = added.ok ? await redeemLink(base.db, added.token, limits) : null;
  return writeCookie(redeemed?.token ?? '', 60, false).split(';')[0] ?? '';
}

async function admitted(member: string): Promise<string> {
  const body = { member, profile: profileOf(member), role: 'speaker' };
  return (await server.call('/rooms/tea/admissions', { body })).body.token;
}

const command = (name: string, member: string) => ({
  id: randomUUID(),
  name,
  room: 'tea',
  member,
  reason: 'shouting',
});

describe('the whole server', () => {
  it('mutes and removes a member who came in by an admission, and the record has it', async () => {
    await server.call('/rooms/tea/events', { body: [opened(), joined('hana', { role: 'host' })] });
    const token = await admitted('bo');
    const member = await open('/member', { auth: { token } });
    const rights = vi.fn();
    const removed = vi.fn();
    member.on('rights', rights).on('removed', removed);
    expect(await member.emitWithAck('join')).toMatchObject({ ok: true, state: { maySpeak: true } });

    const cookie = await signIn('Mo');
    const console = await open('/console', { extraHeaders: { Cookie: cookie } });
    const watching = await console.emitWithAck('room:watch', { room: 'tea', since: null });
    expect(watching).toMatchObject({ ok: true, kind: 'snapshot' });

    const mute = command('mute', 'bo');
    expect(await console.emitWithAck('room:act', mute)).toMatchObject({ ok: true });
    await vi.waitFor(() => {
      expect(rights).toHaveBeenCalledWith(expect.objectContaining({ maySpeak: false }));
    }, 5_000);
    expect(await member.emitWithAck('floor', { holding: true })).toMatchObject({ ok: false });
    await vi.waitFor(async () => {
      const rows = await base.db.sql`select state from enforcement where command_id = ${mute.id}`;
      expect(rows).toEqual([{ state: 'observed' }]);
    }, 5_000);

    const gone = new Promise((resolve) => member.on('disconnect', resolve));
    const remove = command('remove', 'bo');
    expect(await console.emitWithAck('room:act', remove)).toMatchObject({ ok: true });
    await gone;
    expect(removed).toHaveBeenCalledOnce();
    const back = await open('/member', { auth: { token } }).then(
      (socket) => socket.emitWithAck('join'),
      (error) => error.data,
    );
    expect(back).toMatchObject({ ok: false, reason: 'removed' });
    expect(
      (await server.call('/rooms/tea/admissions', { body: { member: 'bo' } })).body,
    ).toMatchObject({ admit: false, reason: 'removed' });

    const events = await base.db.sql`
      select action from audit.event where correlation_id in (${mute.id}, ${remove.id})
      order by event_id`;
    expect(events.map(({ action }) => action)).toEqual([
      'participant.muted',
      'participant.removed',
    ]);
  });

  it('lets no console in without a session, and none stay when its operator is disabled', async () => {
    await expect(open('/console', {})).rejects.toMatchObject({ data: { reason: 'forbidden' } });
    const forged = { extraHeaders: { Cookie: `rostrum=${'x'.repeat(43)}` } };
    await expect(open('/console', forged)).rejects.toMatchObject({ data: { reason: 'forbidden' } });

    const cookie = await signIn('Short');
    const console = await open('/console', { extraHeaders: { Cookie: cookie } });
    const gone = new Promise((resolve) => console.on('disconnect', resolve));
    await disableOperator(base.db, 'system', 'Short');
    await gone;
    await expect(open('/console', { extraHeaders: { Cookie: cookie } })).rejects.toThrow();
  });

  it('lets no member in on a forged, foreign or used-up token', async () => {
    const good = await admitted('cy');
    const bad = [
      undefined,
      '',
      {},
      `${good}x`,
      good.split('.').slice(0, 2).join('.'),
      'x'.repeat(9_000),
    ];
    for (const token of bad) {
      await expect(open('/member', { auth: { token } })).rejects.toMatchObject({
        data: { ok: false },
      });
    }
  });
});
