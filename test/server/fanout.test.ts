import { describe, expect, it, onTestFinished } from 'vitest';
import { draftOf, record } from '#app/domain/rooms/fold.ts';
import { decodeCard, type Frame } from '#app/domain/rooms/frame.ts';
import { decidePresence } from '#app/domain/rooms/presence.ts';
import { newParticipant, newRoom, type PersonCard } from '#app/domain/rooms/state.ts';
import { openFanout } from '#server/realtime/fanout.ts';
import type { RoomChange } from '#server/rooms/draft.ts';

const OPENED = Date.UTC(2026, 0, 1);

/** A room whose changes come one by one. */
function changing() {
  const draft = draftOf(newRoom('tea', 'Tea', 'en', OPENED), []);
  const step = (member: string, kind: 'join' | 'raise_hand'): RoomChange => {
    const person =
      draft.people.get(member) ?? newParticipant(member, draft.people.size, 'listener');
    const said = kind === 'join' ? ({ kind, role: 'listener', returned: 'no' } as const) : { kind };
    const verdict = decidePresence(draft.room, person, said, OPENED);
    if (!verdict.ok) throw new Error(verdict.reason);
    const before = draft.events.length;
    record(draft, verdict.events, OPENED, null);
    const { room, events, people } = draft;
    const head = { room, nextOrd: people.size, pinned: false, shiftSince: null };
    return { room, events: events.slice(before), people: new Map(people), head, extras: new Map() };
  };
  return step;
}

function watch(cardsOf: (members: readonly string[]) => Promise<PersonCard[]>) {
  const frames: Frame[] = [];
  const fanout = openFanout({
    send: (_room, frame) => void frames.push(frame),
    watched: () => true,
    cardsOf: (_room, members) => cardsOf(members),
    gatherMs: 0,
    holdMs: 5,
  });
  onTestFinished(() => fanout.close());
  return { frames, take: fanout.take };
}

const cardOf = (memberId: string): PersonCard => ({
  memberId,
  ord: 0,
  name: memberId,
  handle: memberId,
  locale: 'en',
  inviterName: null,
  branch: null,
  memberSince: OPENED,
  priorActs: 0,
});

describe('what watchers are sent', () => {
  it('introduces who joins, and keeps the order while cards are read', async () => {
    const step = changing();
    const slow = Promise.withResolvers<void>();
    const { frames, take } = watch(async (members) => {
      await slow.promise;
      return members.map(cardOf);
    });
    take(step('ada', 'join'));
    take(step('ada', 'raise_hand'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(frames).toEqual([]);
    slow.resolve();
    await expect.poll(() => frames.flatMap(({ f, e }) => e.map((_, i) => f + i))).toEqual([1, 2]);
    expect(frames.flatMap(({ p = [] }) => p).map((card) => decodeCard(card).name)).toEqual(['ada']);
  });

  it('leaves a gap to ask about rather than somebody without a name', async () => {
    const step = changing();
    const { frames, take } = watch(() => Promise.reject(new Error('The database is gone')));
    take(step('ada', 'join'));
    take(step('ada', 'raise_hand'));
    await expect.poll(() => frames.map(({ f }) => f)).toEqual([2]);
  });
});
