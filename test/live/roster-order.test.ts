import { describe, expect, it } from 'vitest';
import { packPeople } from '#app/domain/rooms/roster.ts';
import { newParticipant, type PersonCard } from '#app/domain/rooms/state.ts';
import { createRoomModel } from '#app/live/room-model.ts';
import { orderRoster, type RosterView } from '#app/live/roster-order.ts';
import { cardOf, fakeRoom, OPENED } from './fake-room.ts';

const DAY = 86_400_000;
const NOW = OPENED + 400 * DAY;

const PEOPLE: (Partial<PersonCard> & { name: string })[] = [
  { name: 'Émile Durand', handle: 'emile', memberSince: NOW - DAY },
  { name: '林美玲', handle: 'meiling', priorActs: 2 },
  { name: 'ئاينۇر', handle: 'aynur' },
  { name: 'ئەنۋەر', handle: 'enwer', branch: 'gone' },
  { name: 'Zhao Jun', handle: 'zhao_jun', memberSince: NOW - 2 * DAY, priorActs: 1 },
];

function model() {
  const room = createRoomModel();
  const people = PEOPLE.map((more, ord) => {
    const card = { ...cardOf(`m${ord}`), ...more };
    const presence = 'present' as const;
    return {
      card,
      person: { ...newParticipant(`m${ord}`, ord, 'listener'), presence, joinedAt: ord },
    };
  });
  const removal = { at: 1, until: null, rank: 2 };
  const out = {
    card: { ...cardOf('m9'), branch: 'gone' },
    person: { ...newParticipant('m9', 9, 'listener'), removal },
  };
  room.load({ ...fakeRoom().snapshot(), people: packPeople([...people, out]) });
  return room;
}

function names(view: Partial<RosterView>): string[] {
  const sort = { by: 'since', descending: true } as const;
  const full = { query: '', facets: new Set<never>(), sort, ...view };
  return orderRoster(model(), full, NOW).cards.map(({ name }) => name);
}

describe('finding someone in the roster', () => {
  it.each([
    ['e', ['Émile Durand', '林美玲', 'ئەنۋەر']],
    ['EMI', ['Émile Durand']],
    ['美', ['林美玲']],
    ['ئاي', ['ئاينۇر']],
    // The same letters as presentation forms, as some keyboards and old data give them.
    ['\uFE8B\uFE8E\uFEF3', ['ئاينۇر']],
    ['ｚｈａｏ', ['Zhao Jun']],
    ['jun zh', ['Zhao Jun']],
    ['@zhao_jun', ['Zhao Jun']],
    ['nobody', []],
  ])('%s', (query, expected) => {
    expect(names({ query })).toEqual(expected);
  });

  it('narrows by facets, all of which must hold', () => {
    expect(names({ facets: new Set(['new'] as const) })).toEqual(['Émile Durand', 'Zhao Jun']);
    expect(names({ facets: new Set(['new', 'prior'] as const) })).toEqual(['Zhao Jun']);
    expect(names({ facets: new Set(['branch'] as const) })).toEqual(['ئەنۋەر']);
  });

  it('counts facets over everyone here, and leaves out the removed', () => {
    const view = {
      query: 'zhao',
      facets: new Set<never>(),
      sort: { by: 'name', descending: false },
    } as const;
    const order = orderRoster(model(), view, NOW);
    expect(order).toMatchObject({ total: 5, facets: { new: 2, prior: 2, branch: 1 } });
  });
});
