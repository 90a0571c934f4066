import { describe, expect, it } from 'vitest';
import { layOutFloor, presencePath, shareFloor } from '#app/components/room/floor-picture.ts';
import { createFloorHistory, FLOOR_SPAN } from '#app/live/floor-history.ts';

const SPAN = 1_000;
const NOW = 10_000;
const SEGMENTS = [
  { member: 'early', from: 8_000, to: 8_900 },
  { member: 'ann', from: 8_500, to: 9_300 },
  { member: 'bo', from: 9_300, to: 9_400 },
  { member: 'ann', from: 9_400, to: 9_500 },
  { member: 'cy', from: 9_500, to: null },
];

describe('the floor timeline', () => {
  it('shares out the span only, the longest first, and says who speaks now', () => {
    expect(shareFloor(SEGMENTS, NOW, SPAN)).toEqual([
      { member: 'cy', milliseconds: 500, isNow: true },
      { member: 'ann', milliseconds: 400, isNow: false },
      { member: 'bo', milliseconds: 100, isNow: false },
    ]);
  });

  it('gives who spoke longest a lane each and the rest the last, cut at the edge', () => {
    const bars = layOutFloor(SEGMENTS, NOW, SPAN, 3);
    expect(bars.map(({ member, lane }) => [member, lane])).toEqual([
      ['ann', 1],
      ['bo', 2],
      ['ann', 1],
      ['cy', 0],
    ]);
    expect(bars[0]).toMatchObject({ start: 0, length: 0.3 });
    expect(bars[3]).toMatchObject({ start: 0.5, length: 0.5 });
  });

  it('draws the presence line to the present, and nothing for no points', () => {
    expect(presencePath([], NOW, SPAN)).toBe('');
    const path = presencePath(
      [
        { at: 9_000, present: 100 },
        { at: 9_500, present: 50 },
      ],
      NOW,
      SPAN,
    );
    expect(path).toBe('M0 5L500 95L1000 95');
  });
});

describe('the floor history', () => {
  it('opens and closes segments by events and forgets what is out of sight', () => {
    const history = createFloorHistory();
    const event = (seq: number, at: number, body: object) =>
      ({ seq, at, commandId: null, body }) as Parameters<typeof history.apply>[0];
    history.apply(event(1, 1_000, { type: 'floor.taken', member: 'ann' }), 1);
    history.apply(event(2, 4_000, { type: 'floor.released', member: 'ann', since: 1_000 }), 1);
    expect(history.segments).toEqual([{ member: 'ann', from: 1_000, to: 4_000 }]);
    const later = 4_000 + FLOOR_SPAN + 20_000;
    history.apply(event(3, later - 15_000, { type: 'mic.turned_on', member: 'bo' }), 2);
    history.apply(event(4, later, { type: 'mic.turned_off', member: 'bo' }), 3);
    expect(history.segments).toEqual([]);
  });
});
