import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, openRoomWith } from '#test/support/rooms.ts';
import { type MemberClient, next, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base);

type Loose = { emit(event: string, ...args: unknown[]): void } & {
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
};

async function joined(member = `m-${randomUUID().slice(0, 8)}`) {
  const room = await openRoomWith(base.db, { hoster: 'host', eve: 'speaker' });
  const socket = await server.member(server.tokenFor(room, member, 'speaker'));
  expect(await socket.emitWithAck('join')).toMatchObject({ ok: true });
  return { room, socket, loose: socket as unknown as Loose };
}

async function consoleOf() {
  const { actor, id, name } = await addOperator(base.db, ['moderator']);
  const identity = { actor, ref: `operator:${id}`, name, sessionHash: null };
  return (await server.console(server.cookieFor(identity))) as unknown as Loose;
}

/** Bytes of a Socket.IO packet, whatever they are. */
function sendRaw(socket: MemberClient, packet: string): void {
  (socket.io.engine as unknown as { write(data: string): void }).write(packet);
}

afterEach(() => {
  expect(server.complaints).toEqual([]);
});

const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown;

describe('a refusal is an answer', () => {
  const wrong: [string, string, unknown[]][] = [
    ['an unknown event', 'become_host', [{}]],
    ['a name from the prototype', 'constructor', []],
    ['another one', '__proto__', [{}]],
    ['a missing payload', 'mic', []],
    ['an unasked payload', 'join', [{ room: 'elsewhere' }]],
    ['two payloads', 'mic', [{ on: true }, { on: true }]],
    ['null', 'mic', [null]],
    ['a wrong type', 'mic', [{ on: 'yes' }]],
    ['an unknown field', 'mic', [{ on: true, member: 'eve' }]],
    ['an array', 'floor', [[true]]],
    ['bytes', 'floor', [Buffer.from('hold')]],
    ['nested arrays', 'floor', [deep]],
    ['a level out of range', 'level', [11]],
    ['a report of nobody', 'report', [{ id: randomUUID(), category: 'hate' }]],
    ['a report with no uuid', 'report', [{ id: '1', member: 'eve', category: 'hate' }]],
    [
      'a report of a category of its own',
      'report',
      [{ id: randomUUID(), member: 'eve', category: 'boring' }],
    ],
    [
      'a report with a member id of its own',
      'report',
      [{ id: randomUUID(), member: "eve'; drop table report; --", category: 'hate' }],
    ],
    [
      'a report that is too long',
      'report',
      [{ id: randomUUID(), member: 'eve', category: 'hate', text: 'x'.repeat(2_001) }],
    ],
    [
      'a report with what no database holds',
      'report',
      [{ id: randomUUID(), member: 'eve', category: 'hate', text: 'a\u0000b' }],
    ],
    [
      'a report that ends before it begins',
      'report',
      [{ id: randomUUID(), member: 'eve', category: 'hate', from: 9, to: 3 }],
    ],
    [
      'a report of another room',
      'report',
      [{ id: randomUUID(), member: 'eve', category: 'hate', room: 'elsewhere' }],
    ],
  ];

  it.each(wrong)('to %s', async (_what, event, args) => {
    const { socket, loose } = await joined();

    expect(await loose.emitWithAck(event, ...args)).toMatchObject({ ok: false, reason: 'invalid' });

    expect(await socket.emitWithAck('mic', { on: true })).toEqual({ ok: true });
  });

  const wrongOfConsoles: [string, string, unknown[]][] = [
    ['an unknown event', 'room:delete', [{}]],
    ['no room', 'room:watch', [{ since: null }]],
    ['a room that is no id', 'room:watch', [{ room: '../x', since: null }]],
    ['a seq below zero', 'room:watch', [{ room: 'x', since: -1 }]],
    ['a seq that is no whole number', 'room:catch_up', [{ room: 'x', since: 1.5 }]],
    ['a seq that no room reaches', 'room:watch', [{ room: 'x', since: 2 ** 31 }]],
    ['a seq to repair from that no room reaches', 'room:catch_up', [{ room: 'x', since: 2 ** 31 }]],
    [
      'a report of a moment that no room reaches',
      'room:act',
      [
        {
          ...{ id: randomUUID(), name: 'report', room: 'x', member: 'y', reason: 'z' },
          ...{ category: 'hate', from: 2 ** 31 },
        },
      ],
    ],
    ['an act that is text', 'room:act', ['mute everyone']],
    ['an act without an id', 'room:act', [{ name: 'mute', room: 'x', member: 'y', reason: 'z' }]],
    [
      'an act with an unknown field',
      'room:act',
      [{ id: randomUUID(), name: 'lock_room', room: 'x', reason: 'z', as: 'host' }],
    ],
    ['nested arrays', 'room:act', [deep]],
  ];

  it.each(wrongOfConsoles)('to %s from a console', async (_what, event, args) => {
    const socket = await consoleOf();

    expect(await socket.emitWithAck(event, ...args)).toMatchObject({
      ok: false,
      reason: 'invalid',
    });
  });

  it('to the twenty-first socket of one member', async () => {
    const { room, socket } = await joined('tabs');
    const token = server.tokenFor(room, 'tabs');
    for (let open = 1; open < 20; open++) {
      expect(await (await server.member(token)).emitWithAck('join')).toMatchObject({ ok: true });
    }
    const late = await server.member(token);
    expect(await late.emitWithAck('join')).toEqual({ ok: false, reason: 'busy' });

    expect(await socket.emitWithAck('leave')).toEqual({ ok: true });
    expect(await late.emitWithAck('join')).toMatchObject({ ok: true });
  });

  it('never repeats what was sent', async () => {
    const { loose } = await joined();
    const answer = await loose.emitWithAck('mic', { on: 'my secret' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

describe('the process lives through', () => {
  it('events without an acknowledgement', async () => {
    const { socket, loose } = await joined();
    loose.emit('mic');
    loose.emit('mic', 5);
    loose.emit('join');
    loose.emit('nothing');
    loose.emit('report', null);
    expect(await socket.emitWithAck('mic', { on: true })).toEqual({ ok: true });
  });

  const broken: [string, string][] = [
    ['text that is no packet', 'hello'],
    ['an unknown packet type', '9/member,[]'],
    ['broken JSON', '2/member,["mic",{'],
    ['an event without a name', '2/member,[]'],
    ['an event whose name is an object', '2/member,[{}]'],
    ['a reserved event', '2/member,["disconnect"]'],
    ['a listener event', '2/member,["newListener","x"]'],
    ['an acknowledgement nobody asked for', '3/member,77[1]'],
    ['an acknowledgement without a list', '3/member,77{}'],
    ['a second connect', '0/member,{"token":"x"}'],
    ['a connect with null', '0/console,null'],
    ['a connect to nowhere', '0/nowhere,{}'],
    ['a connect to the root', '0{}'],
    ['a connect whose token is an object', '0/console,{"token":{"a":1}}'],
    ['an error packet', '4/member,{"message":"x"}'],
    ['a binary event without its bytes', '51-/member,["mic",{"_placeholder":true,"num":0}]'],
    ['a binary event with a million parts', '51000000-/member,["mic"]'],
    ['a placeholder out of range', '51-/member,["mic",{"_placeholder":true,"num":9}]'],
    ['a huge acknowledgement number', `2/member,${'9'.repeat(400)}["mic"]`],
    ['arrays nested deep', `2/member,["mic",${'['.repeat(30_000)}${']'.repeat(30_000)}]`],
  ];

  it.each(broken)('%s', async (_what, packet) => {
    const { room, socket } = await joined();
    const other = await server.member(server.tokenFor(room, 'other'));
    expect(await other.emitWithAck('join')).toMatchObject({ ok: true });

    sendRaw(socket, packet);
    sendRaw(socket, packet);

    expect(await other.emitWithAck('raise_hand')).toEqual({ ok: true });
    expect(await server.member(server.tokenFor(room, 'third'))).toMatchObject({ connected: true });
  });

  it('a packet above 64 kB: the connection ends, nothing else does', async () => {
    const { room, socket, loose } = await joined();
    const other = await server.member(server.tokenFor(room, 'other'));
    const closed = next(socket, 'disconnect');

    loose.emit('mic', { on: 'x'.repeat(70_000) });

    await closed;
    expect(await other.emitWithAck('join')).toMatchObject({ ok: true });
  });

  it('tokens that are no text, or too long', async () => {
    for (const token of [5, null, ['a'], { a: 1 }, 'x'.repeat(5_000)]) {
      const tried = server.member('', { auth: { token } });
      await expect(tried).rejects.toMatchObject({ message: 'forbidden' });
    }
  });
});

describe('ten thousand bad packets from one client', () => {
  it('get that client cut off and reach the database not at all', async () => {
    const { room, socket, loose } = await joined();
    const other = await server.member(server.tokenFor(room, 'other'));
    expect(await other.emitWithAck('join')).toMatchObject({ ok: true });
    const closed = next(socket, 'disconnect');

    for (let i = 0; i < 10_000; i++) loose.emit('mic', { on: i });

    expect(await other.emitWithAck('raise_hand')).toEqual({ ok: true });
    await closed;
    expect(server.sockets.counts().members).toBeGreaterThan(0);
    const [row] = await base.db.sql`
      select count(*) as events from room_event
      where room_id = ${room} and body->>'type' = 'mic.turned_on'`;
    expect(row).toEqual({ events: 0 });
  });

  it('are answered with the limit while they are few', async () => {
    const { loose } = await joined();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => loose.emitWithAck('floor', { holding: false })),
    );
    expect(answers).toContainEqual({ ok: false, reason: 'rate_limited', retryAfter: 1_000 });
    expect(answers[0]).toEqual({ ok: true });
  });
});
