import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import type { ConsoleToServer, MemberToServer } from '#app/domain/rooms/protocol.ts';
import { signJoinToken } from '#server/auth/join-token.ts';
import { consoleHandlers } from '#server/realtime/console.ts';
import { memberHandlers } from '#server/realtime/member.ts';
import { EVERYONE, HALF, type Someone } from '#test/support/everyone.ts';
import { JOIN_SECRETS, profileOf } from '#test/support/rostrum.ts';
import { ALL, UNDOABLE, useWire } from '#test/support/use-wire.ts';

const nothing = null as never;
const { server, everyone, sockets } = useWire();

interface Client {
  emitWithAck(
    event: string,
    ...args: unknown[]
  ): Promise<{ ok: boolean; reason?: string; rooms?: { id: string }[] }>;
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(): unknown;
}

/** A socket, or why it was refused. */
function connect(namespace: string, options: object): Promise<Client | string> {
  const socket = io(server.url + namespace, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...options,
  });
  sockets.push(socket);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(socket as never));
    socket.once('connect_error', ({ message }) => resolve(message));
  });
}

const openConsole = async (who: Someone) =>
  connect('/console', { extraHeaders: await everyone.headersOf(who) });

async function answersTo(who: Someone, event: string, input: readonly unknown[]): Promise<string> {
  const socket = await openConsole(who);
  if (typeof socket === 'string') return `-${socket}`;
  try {
    const answer = await socket.emitWithAck(event, ...input);
    if (!answer.ok) return answer.reason ?? 'refused';
    return answer.rooms
      ? answer.rooms
          .map(({ id }) => id)
          .sort()
          .join('+')
      : 'ok';
  } finally {
    socket.disconnect();
  }
}

describe('a console’s socket', () => {
  const command = (room: string) => ({
    id: randomUUID(),
    name: 'lower_hand',
    room,
    member: `${room}-bo`,
    reason: 'test',
  });
  /**
   * Every event that a console may send, asked about the room `tea`: the outcome for each of
   * EVERYONE. `-` is no connection at all. What only those may ask who watch, is asked without.
   */
  const EVENTS: Record<keyof ConsoleToServer, [input: () => unknown[], row: string] | null> = {
    'rooms:watch': [
      () => [],
      '-forbidden tea walk tea+walk tea+walk forbidden forbidden tea+walk -forbidden -forbidden',
    ],
    'room:watch': [
      () => [{ room: 'tea', since: null }],
      '-forbidden ok forbidden ok ok forbidden forbidden ok -forbidden -forbidden',
    ],
    'room:catch_up': [
      () => [{ room: 'tea', since: 0 }],
      '-forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden -forbidden -forbidden',
    ],
    'room:aside': [
      () => [{ room: 'tea' }],
      '-forbidden forbidden forbidden forbidden forbidden forbidden forbidden forbidden -forbidden -forbidden',
    ],
    'room:act': [
      () => [command('tea')],
      '-forbidden hand_down forbidden hand_down hand_down forbidden forbidden hand_down -forbidden -forbidden',
    ],
    // Taken by anyone connected: they end what one watches oneself, and answer nothing.
    'rooms:unwatch': null,
    'room:unwatch': null,
  };

  it('opens to nobody who owes a second factor', async () => {
    const extraHeaders = await everyone.headersOf(HALF);
    expect(await connect('/console', { extraHeaders })).toBe('forbidden');
  });

  it('knows no event that is not in the table', () => {
    const deps = { app: {} } as Parameters<typeof consoleHandlers>[0];
    expect(Object.keys(consoleHandlers(deps, nothing)).sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it.each(
    Object.entries(EVENTS).flatMap(([event, how]) => (how ? [[event, ...how] as const] : [])),
  )('%s', async (event, input, row) => {
    const found: string[] = [];
    for (const who of EVERYONE) found.push(await answersTo(who, event, input()));
    expect(found.join(' ')).toBe(row);
  });

  it.each([
    ['room:watch', { room: 'tea', since: null }],
    ['room:watch', { room: 'tea', since: 0 }],
    ['room:catch_up', { room: 'tea', since: 0 }],
    ['room:aside', { room: 'tea' }],
    ['room:act', command('tea')],
    ['room:act', { ...command('tea'), member: 'walk-bo' }],
    ['room:act', { id: randomUUID(), name: 'end_room', room: 'tea', reason: 'test' }],
  ])('%s of another room is refused to a host who watches their own', async (event, input) => {
    const socket = (await openConsole('stranger')) as Client;
    expect(await socket.emitWithAck('room:watch', { room: 'walk', since: null })).toMatchObject({
      ok: true,
    });
    expect(await socket.emitWithAck(event, input)).toMatchObject({
      ok: false,
      reason: 'forbidden',
    });
  });

  it.each([
    ['undoes nothing', () => ({ name: 'undo', command: UNDOABLE }), 'command_not_found'],
    [
      'acknowledges nothing',
      () => ({ name: 'acknowledge_hand_over', handOver: randomUUID() }),
      'hand_over_not_found',
    ],
    ['reaches nobody', () => ({ name: 'mute', member: 'tea-bo' }), 'not_in_room'],
  ])('of another room a host %s from their own', async (_, fields, reason) => {
    const socket = (await openConsole('stranger')) as Client;
    const sent = { id: randomUUID(), room: 'walk', reason: 'test', ...fields() };
    expect(await socket.emitWithAck('room:act', sent)).toMatchObject({ ok: false, reason });
  });
});

describe('a member’s socket', () => {
  /** Every event a member's client may send, before it has joined: what it answers. */
  const EVENTS: Record<
    keyof MemberToServer,
    [input: unknown[], before: string, after: string] | null
  > = {
    join: [[], 'ok', 'ok'],
    raise_hand: [[], 'not_present', 'ok'],
    lower_hand: [[], 'not_present', 'ok'],
    mic: [[{ on: false }], 'not_present', 'ok'],
    floor: [[{ holding: false }], 'not_present', 'ok'],
    report: [[{ id: randomUUID(), member: 'tea-bo', category: 'other' }], 'not_present', 'ok'],
    receipt: [[{ report: randomUUID() }], 'not_present', 'forbidden'],
    leave: [[], 'not_present', 'ok'],
    // Volatile: answers nothing.
    level: null,
  };
  const keys = [{ id: 'first', secret: Buffer.from(JOIN_SECRETS.first) }];
  const tokenOf = async (member: string) =>
    (
      await signJoinToken(
        keys,
        { room: 'tea', member, role: 'listener', profile: { ...profileOf(member), inviter: null } },
        60,
      )
    ).token;

  it('knows no event that is not in the table', () => {
    const deps = { app: {} } as Parameters<typeof memberHandlers>[0];
    expect(Object.keys(memberHandlers(deps)).sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it('opens to a token of the platform, and to no session and no key', async () => {
    for (const who of EVERYONE) {
      const extraHeaders = await everyone.headersOf(who);
      expect([who, await connect('/member', { extraHeaders })]).toEqual([who, 'forbidden']);
      const auth = { token: ALL };
      expect([who, await connect('/member', { extraHeaders, auth })]).toEqual([who, 'invalid']);
    }
  });

  it('does as a member what the table says, before and after joining', async () => {
    const auth = { token: await tokenOf('cy') };
    const asked = Object.entries(EVENTS).flatMap(([event, how]) =>
      how ? [[event, ...how] as const] : [],
    );
    const socket = (await connect('/member', { auth })) as Client;
    for (const [event, input, before] of asked.filter(([event]) => event !== 'join')) {
      const answer = await socket.emitWithAck(event, ...input);
      expect([event, answer.ok ? 'ok' : answer.reason]).toEqual([event, before]);
    }
    for (const [event, input, , after] of asked) {
      const answer = await socket.emitWithAck(event, ...input);
      expect([event, answer.ok ? 'ok' : answer.reason]).toEqual([event, after]);
    }
  });
});
