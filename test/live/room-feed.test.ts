import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Refusal } from '#app/domain/rooms/reasons.ts';
import type { Connection } from '#app/live/freshness.ts';
import { feedRoom } from '#app/live/room-feed.ts';
import { createRoomModel } from '#app/live/room-model.ts';
import { type FakeRoom, fakeRoom, type Step } from './fake-room.ts';
import { fakeTiming } from './fake-timing.ts';
import { fakeWire } from './fake-wire.ts';

// Threads answer when they like; the virtual clock needs it at once. gunzip.test.ts has the real one.
vi.mock('#app/live/gunzip.ts', async () => {
  const { gunzipSync } = await import('node:zlib');
  return { gunzipJson: async (gzip: ArrayBuffer) => JSON.parse(gunzipSync(gzip).toString()) };
});

const ROOM = 'room-1';

function watched(room: FakeRoom, repair: 'frames' | 'snapshot' = 'frames') {
  const [wire, timing, model] = [fakeWire(), fakeTiming(), createRoomModel()];
  const connections: Connection['state'][] = [];
  const refusals: Refusal[] = [];
  wire.onWatch = (since) => ({ ok: true, watchers: [], ...room.catchUp(since, repair) });
  wire.onCatchUp = (since) => ({ ok: true, ...room.catchUp(since, repair) });
  const stop = feedRoom({
    wire,
    room: ROOM,
    model,
    timing,
    onChange: () => {},
    onConnection: ({ state }) => connections.push(state),
    onWatchers: () => {},
    onRefused: (reason) => refusals.push(reason),
  });
  return { wire, timing, model, connections, refusals, stop };
}

function expectSame(model: ReturnType<typeof createRoomModel>, room: FakeRoom): void {
  expect(model.room).toEqual(room.draft.room);
  expect(new Map(model.people)).toEqual(room.draft.people);
  const here = [...room.draft.people.values()].filter(({ presence }) => presence !== 'gone');
  const ids = (who: typeof here) => new Set(who.map(({ memberId }) => memberId));
  expect(new Set(model.roster)).toEqual(ids(here));
  expect(new Set(model.stage)).toEqual(ids(here.filter(({ role }) => role !== 'listener')));
  expect(new Set(model.hands)).toEqual(ids(here.filter(({ hand }) => hand !== null)));
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(7),
  what: fc.constantFrom(
    'join',
    'join',
    'join',
    'leave',
    'drop',
    'hand',
    'mic',
    'floor',
    'mute',
    'allow',
    'remove',
    'stage',
  ),
});
const fate = fc.constantFrom('deliver', 'deliver', 'drop', 'twice', 'late', 'overlap');
const run = fc.record({
  before: fc.array(step, { maxLength: 20 }),
  frames: fc.array(
    fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 5 }), fate, pause: fc.nat(600) }),
    { maxLength: 25 },
  ),
  repair: fc.constantFrom('frames' as const, 'snapshot' as const),
  silences: fc.nat(3),
  cutAt: fc.option(fc.nat(24)),
});

describe('a watched room', () => {
  it('ends as the fold of all events, whatever the wire does to the frames', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ before, frames, repair, silences, cutAt }) => {
        const room = fakeRoom();
        for (const one of before) room.step(one);
        const { wire, timing, model, stop } = watched(room, repair);
        let silent = silences;
        wire.onCatchUp = (since) => {
          if (silent-- > 0) return Promise.reject(new Error('no answer'));
          return { ok: true, ...room.catchUp(since, repair) };
        };
        wire.connect();
        await timing.pass(0);
        const late: (() => void)[] = [];
        for (const [index, { steps, fate, pause }] of frames.entries()) {
          const from = room.seq() + 1;
          for (const one of steps) room.step(one);
          if (room.seq() < from) continue;
          const first = fate === 'overlap' ? Math.max(1, from - 3) : from;
          const frame = room.frame(first, room.seq());
          const tell = () => wire.tell('room:frame', ROOM, structuredClone(frame));
          if (fate === 'late') late.unshift(tell);
          else if (fate !== 'drop') tell();
          if (fate === 'twice') tell();
          if (index === cutAt) {
            wire.disconnect();
            await timing.pass(50);
            wire.connect();
          }
          await timing.pass(pause);
        }
        for (const tell of late) tell();
        wire.tell('room:beat', ROOM, room.seq(), timing.now());
        await timing.pass(20_000);
        expectSame(model, room);
        stop();
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('asks for what is missing once, not once per frame', async () => {
    const room = fakeRoom();
    const { wire, timing, model, stop } = watched(room);
    wire.connect();
    await timing.pass(0);
    for (let who = 0; who < 6; who++) room.step({ who, what: 'join' });
    for (const seq of [3, 4, 5, 6, 7]) wire.tell('room:frame', ROOM, room.frame(seq, seq));
    await timing.pass(100);
    expect(wire.asked).toEqual(['watch null', 'catch_up 1']);
    expectSame(model, room);
    stop();
  });

  it('asks after a beat that is newer than its cursor, unless the frame follows', async () => {
    const room = fakeRoom();
    const { wire, timing, stop } = watched(room);
    wire.connect();
    await timing.pass(0);
    room.step({ who: 0, what: 'join' });
    wire.tell('room:beat', ROOM, 2, 0);
    wire.tell('room:frame', ROOM, room.frame(2, 2));
    await timing.pass(1_000);
    expect(wire.asked).toEqual(['watch null']);
    room.step({ who: 1, what: 'join' });
    wire.tell('room:beat', ROOM, 3, 0);
    await timing.pass(1_000);
    expect(wire.asked).toEqual(['watch null', 'catch_up 2']);
    stop();
  });

  it('says since when it is stale, and watches on from where it was', async () => {
    const room = fakeRoom();
    const { wire, timing, connections, stop } = watched(room);
    wire.connect();
    await timing.pass(0);
    expect(connections).toEqual(['live']);
    await timing.pass(9_000);
    expect(connections).toEqual(['live', 'stale']);
    wire.tell('room:beat', ROOM, 1, 0);
    wire.disconnect();
    expect(connections).toEqual(['live', 'stale', 'live', 'reconnecting']);
    wire.connect();
    await timing.pass(0);
    expect(connections.at(-1)).toBe('live');
    expect(wire.asked).toEqual(['watch null', 'watch 1']);
    stop();
  });

  it('starts over when a frame names someone nobody introduced', async () => {
    const room = fakeRoom();
    const { wire, timing, model, stop } = watched(room, 'snapshot');
    wire.connect();
    await timing.pass(0);
    room.step({ who: 0, what: 'join' });
    const { p: _, ...bare } = room.frame(2, 2);
    wire.tell('room:frame', ROOM, bare);
    await timing.pass(1_000);
    expect(wire.asked).toEqual(['watch null', 'watch null']);
    expectSame(model, room);
    stop();
  });

  it('forgets everything when the right to watch ends', async () => {
    const room = fakeRoom();
    room.step({ who: 0, what: 'join' });
    const { wire, timing, model, refusals } = watched(room);
    wire.connect();
    await timing.pass(0);
    expect(model.people.size).toBe(1);
    wire.tell('room:revoked', ROOM, 'forbidden');
    expect(refusals).toEqual(['forbidden']);
    expect([model.room, model.people.size, model.cards.size]).toEqual([null, 0, 0]);
    wire.tell('room:frame', ROOM, room.frame(2, 2));
    await timing.pass(10_000);
    expect(model.people.size).toBe(0);
  });
});
