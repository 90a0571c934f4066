import { beforeEach, describe, expect, it } from 'vitest';
import type { RoomRow } from '#app/domain/rooms/protocol.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import {
  CHECK_EVERY,
  createRoomsStore,
  LIST_STALE_AFTER,
  type RoomsStore,
  SHOW_ENDED_FOR,
} from '#app/live/rooms-feed.ts';
import type { RoomsAnswer } from '#app/live/wire.ts';
import { type FakeTiming, fakeTiming } from '#test/live/fake-timing.ts';
import { type FakeWire, fakeWire } from '#test/live/fake-wire.ts';
import { roomRow } from '#test/support/room-row.ts';

let timing: FakeTiming;
let wire: FakeWire;
let store: RoomsStore;
let told: number;
let answer: () => RoomsAnswer | Promise<RoomsAnswer>;

const idsOf = () => store.read().rows.map(({ id, status }) => `${id} ${status}`);
const answerWith = (...rooms: RoomRow[]) => {
  answer = () => ({ ok: true, rooms });
};

beforeEach(() => {
  timing = fakeTiming();
  wire = fakeWire();
  wire.watchRooms = async () => answer();
  answerWith(roomRow('a'), roomRow('b'));
  store = createRoomsStore([roomRow('a'), roomRow('b')], timing);
  told = 0;
  store.subscribe(() => told++);
});

describe('the list of rooms', () => {
  it('shows the page’s rows at once, and says it is not live yet', () => {
    expect(idsOf()).toEqual(['a live', 'b live']);
    expect(store.read().connection).toEqual({ state: 'connecting' });
  });

  it('keeps the identity of rows that did not change', async () => {
    const [before] = store.read().rows;
    store.start(wire);
    answerWith(roomRow('a'), roomRow('b', { seq: 2, reports: 1 }));
    wire.connect();
    await timing.pass(20);
    expect(store.read().rows[0]).toBe(before);
    expect(store.read().rows[1]?.reports).toBe(1);
    expect(store.read().connection).toEqual({ state: 'live' });
  });

  it('tells of many changes once for each drawn picture', async () => {
    store.start(wire);
    wire.connect();
    await timing.pass(20);
    told = 0;
    for (let seq = 2; seq < 50; seq++) wire.tell('rooms:changed', [roomRow('a', { seq })]);
    await timing.pass(20);
    expect(told).toBe(1);
    expect(store.read().rows[0]?.seq).toBe(49);
  });

  it('drops a change that a newer answer overtook', async () => {
    store.start(wire);
    answerWith(roomRow('a', { seq: 9, locked: true }), roomRow('b'));
    wire.connect();
    await timing.pass(20);
    wire.tell('rooms:changed', [roomRow('a', { seq: 8 })]);
    await timing.pass(20);
    expect(store.read().rows[0]).toMatchObject({ seq: 9, locked: true });
  });

  it('heals a change that never came', async () => {
    store.start(wire);
    wire.connect();
    await timing.pass(20);
    answerWith(roomRow('a', { seq: 5 }), roomRow('b'));
    await timing.pass(CHECK_EVERY + 20);
    expect(store.read().rows[0]?.seq).toBe(5);
  });

  it('keeps a room that ended in sight, then lets it go', async () => {
    store.start(wire);
    wire.connect();
    await timing.pass(20);
    answerWith(roomRow('a'));
    wire.tell('rooms:changed', [roomRow('b', { status: 'ended' })]);
    await timing.pass(CHECK_EVERY + 20);
    expect(idsOf()).toEqual(['a live', 'b ended']);
    await timing.pass(SHOW_ENDED_FOR + CHECK_EVERY);
    expect(idsOf()).toEqual(['a live']);
  });

  it('ends a room that the answer no longer holds', async () => {
    store.start(wire);
    answerWith(roomRow('b'));
    wire.connect();
    await timing.pass(20);
    expect(idsOf()).toEqual(['b live', 'a ended']);
  });

  it('says since when it is not true any more', async () => {
    store.start(wire);
    wire.connect();
    await timing.pass(20);
    wire.disconnect();
    expect(store.read().connection).toEqual({ state: 'reconnecting', since: 0 });
    wire.connect();
    await timing.pass(20);
    expect(store.read().connection).toEqual({ state: 'live' });
  });

  it('says so when answers stop coming over a line that seems open', async () => {
    store.start(wire);
    wire.connect();
    await timing.pass(20);
    answer = () => Promise.reject(new Error('no answer'));
    await timing.pass(LIST_STALE_AFTER + 20);
    expect(store.read().connection.state).toBe('stale');
    answerWith(roomRow('a'));
    await timing.pass(20_000);
    expect(store.read().connection).toEqual({ state: 'live' });
  });

  it('forgets everything when the right to see it ends', async () => {
    store.start(wire);
    wire.connect();
    await timing.pass(20);
    wire.tell('session:ended');
    await timing.pass(20);
    expect(store.read()).toMatchObject({ rows: [], refusal: 'forbidden' });
    wire.tell('rooms:changed', [roomRow('a')]);
    await timing.pass(20);
    expect(store.read().rows).toEqual([]);
  });

  it('asks again when the server is busy, and stops at a refusal', async () => {
    let asked = 0;
    answer = () => refuse(++asked < 3 ? 'busy' : 'forbidden');
    store.start(wire);
    wire.connect();
    await timing.pass(5_000);
    expect(asked).toBe(3);
    expect(store.read().refusal).toBe('forbidden');
    await timing.pass(60_000);
    expect(asked).toBe(3);
  });

  it('hears nothing once stopped', async () => {
    const stop = store.start(wire);
    wire.connect();
    await timing.pass(20);
    stop();
    wire.tell('rooms:changed', [roomRow('a', { seq: 7 })]);
    await timing.pass(20);
    expect(store.read().rows[0]?.seq).toBe(1);
  });
});
