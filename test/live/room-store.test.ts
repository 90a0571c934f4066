import { describe, expect, it, vi } from 'vitest';
import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { createRoomStore } from '#app/live/room-store.ts';
import { fakeRoom } from './fake-room.ts';
import { fakeTiming } from './fake-timing.ts';
import { fakeWire } from './fake-wire.ts';

// Threads answer when they like; the virtual clock needs it at once. gunzip.test.ts has the real one.
vi.mock('#app/live/gunzip.ts', async () => {
  const { gunzipSync } = await import('node:zlib');
  return { gunzipJson: async (gzip: ArrayBuffer) => JSON.parse(gunzipSync(gzip).toString()) };
});

const COMMAND: RoomCommandInput = {
  name: 'lock_room',
  id: '0b1f6d0e-6a6e-4d0e-9a55-0d6a5e1f2c3d',
  room: 'room-1',
  reason: 'Full',
};
const DONE: ActAnswer = { ok: true, commandId: COMMAND.id, from: 2, to: 2, repeated: false };

function opened() {
  const [room, wire, timing] = [fakeRoom(), fakeWire(), fakeTiming()];
  const posted: RoomCommandInput[] = [];
  wire.onWatch = (since) => ({ ok: true, watchers: [], ...room.catchUp(since, 'frames') });
  const store = createRoomStore({
    room: 'room-1',
    timing,
    post: async (command) => {
      posted.push(command);
      return DONE;
    },
  });
  return { room, wire, timing, store, posted, close: store.open(wire) };
}

describe('acting from a screen', () => {
  it('is refused here while the screen is not live, and nothing is sent', async () => {
    const { wire, timing, store, posted, close } = opened();
    expect(await store.act(COMMAND)).toEqual({ ok: false, reason: 'stale' });
    wire.connect();
    await timing.pass(9_000);
    expect(store.connection.state).toBe('stale');
    expect(await store.act(COMMAND)).toEqual({ ok: false, reason: 'stale' });
    expect(wire.asked).not.toContain('act');
    expect(posted).toEqual([]);
    close();
  });

  it('goes a second way with the same id when the socket gives no answer', async () => {
    const { wire, timing, store, posted, close } = opened();
    wire.connect();
    await timing.pass(0);
    expect(await store.act(COMMAND)).toEqual(DONE);
    expect(posted.map(({ id }) => id)).toEqual([COMMAND.id]);
    wire.onAct = () => ({ ok: false, reason: 'forbidden' });
    expect(await store.act(COMMAND)).toEqual({ ok: false, reason: 'forbidden' });
    expect(posted).toHaveLength(1);
    close();
  });
});

describe('what a screen hears', () => {
  it('is told once per picture, however many frames came', async () => {
    const { room, wire, timing, store, close } = opened();
    wire.connect();
    await timing.pass(100);
    let told = 0;
    store.subscribe('roster', () => told++);
    for (let who = 0; who < 5; who++) {
      room.step({ who, what: 'join' });
      wire.tell('room:frame', 'room-1', room.frame(room.seq(), room.seq()));
    }
    await timing.pass(15);
    expect(told).toBe(0);
    await timing.pass(1);
    expect(told).toBe(1);
    expect(store.model.roster.size).toBe(5);
    close();
  });

  it('asks for the aside again after each change, never twice at once', async () => {
    const { wire, timing, store, close } = opened();
    let asked = 0;
    wire.onAside = async () => {
      asked++;
      return { ok: true, aside: { removals: [], commands: [], handOvers: [], reports: [] } };
    };
    wire.connect();
    await timing.pass(20);
    expect([asked, store.aside?.commands]).toEqual([1, []]);
    for (let time = 0; time < 4; time++) wire.tell('room:aside_changed', 'room-1');
    await timing.pass(290);
    expect(asked).toBe(1);
    await timing.pass(20);
    expect(asked).toBe(2);

    wire.onAct = () => DONE;
    await store.act(COMMAND);
    wire.tell('room:aside_changed', 'room-1');
    await timing.pass(160);
    expect(asked).toBe(3);
    close();
  });
});
