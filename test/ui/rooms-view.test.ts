import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrangeRooms,
  countFacets,
  FACETS,
  type RoomsView,
  readView,
  SORT_KEYS,
  USUAL_SORT,
  writeView,
} from '#app/components/rooms/rooms-view.ts';
import { roomRow } from '#test/support/room-row.ts';

const USUAL: RoomsView = { query: '', facets: new Set(), sort: USUAL_SORT };
const incident = { kind: 'sudden_drop', at: 0, people: 412, seconds: 9 } as const;
const rooms = [
  roomRow('quiet', { title: 'Quiet', counts: { present: 900, stage: 3, hands: 9, attendants: 1 } }),
  roomRow('due', { title: 'Due', handOverDue: true }),
  roomRow('drop', { title: '骤降', incident }),
  roomRow('alone', { title: 'ئۇيغۇرچە', unattendedSince: 5 }),
  roomRow('failed', { title: 'Failed', failedEnforcements: 1 }),
  roomRow('told', { title: 'Told', reports: 2, watchers: ['Ésme Ward'] }),
  roomRow('over', { title: 'Over', status: 'ended', reports: 9 }),
];
const idsOf = (part: Partial<RoomsView>) =>
  arrangeRooms(rooms, { ...USUAL, ...part }, 'en').map(({ id }) => id);

describe('the order', () => {
  it('is that of urgency, ended rooms last', () => {
    expect(idsOf({})).toEqual(['told', 'failed', 'alone', 'drop', 'due', 'quiet', 'over']);
  });

  it('follows a chosen column, both ways, and still keeps ended rooms last', () => {
    const down = idsOf({ sort: { by: 'present', descending: true } });
    expect(down[0]).toBe('quiet');
    const up = idsOf({ sort: { by: 'present', descending: false } });
    expect([up.at(-2), up.at(-1)]).toEqual(['quiet', 'over']);
  });

  it('does not depend on the order rooms come in', () => {
    const shuffled = fc.shuffledSubarray(rooms, { minLength: rooms.length });
    fc.assert(
      fc.property(
        shuffled,
        fc.constantFrom(...SORT_KEYS),
        fc.boolean(),
        (given, by, descending) => {
          const view = { ...USUAL, sort: { by, descending } };
          expect(arrangeRooms(given, view, 'en')).toEqual(arrangeRooms(rooms, view, 'en'));
        },
      ),
    );
  });
});

describe('narrowing', () => {
  it('finds by any part of title, id or moderator, in any script, without accents', () => {
    expect(idsOf({ query: 'ward esme' })).toEqual(['told']);
    expect(idsOf({ query: '骤' })).toEqual(['drop']);
    expect(idsOf({ query: 'ئۇيغۇر' })).toEqual(['alone']);
    expect(idsOf({ query: 'nothing' })).toEqual([]);
  });

  it('counts what each facet leaves', () => {
    const counts = countFacets(rooms);
    for (const facet of FACETS) {
      expect([facet, idsOf({ facets: new Set([facet]) }).length]).toEqual([facet, counts[facet]]);
    }
    expect(counts).toMatchObject({ attention: 5, unattended: 1, incident: 1, live: 6, ended: 1 });
  });

  it('takes facets together', () => {
    expect(idsOf({ facets: new Set(['reports', 'live']) })).toEqual(['told']);
  });
});

describe('the address', () => {
  it('says nothing about the usual view', () => {
    expect(writeView(USUAL).toString()).toBe('');
  });

  it('gives back any view', () => {
    const view = fc.record({
      query: fc.string({ maxLength: 200 }),
      facets: fc.subarray([...FACETS]).map((facets) => new Set(facets)),
      sort: fc.record({ by: fc.constantFrom(...SORT_KEYS), descending: fc.boolean() }),
    });
    fc.assert(
      fc.property(view, (given) => {
        expect(readView(new URLSearchParams(writeView(given).toString()))).toEqual(given);
      }),
    );
  });

  it('is read as usual where it makes no sense', () => {
    expect(readView(new URLSearchParams('sort=constructor.desc&only=nothing,__proto__'))).toEqual(
      USUAL,
    );
  });
});
