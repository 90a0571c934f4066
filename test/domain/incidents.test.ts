import { describe, expect, it } from 'vitest';
import {
  advance,
  type DropFacts,
  inWindow,
  judgeDrop,
  judgeRaid,
  type Meter,
  newMeter,
  type RaidFacts,
  trips,
  usualOf,
} from '#app/domain/rooms/incidents.ts';

const start = Date.parse('2031-03-05T12:00:00Z');

/** Feeds a count per second, for as many seconds. */
function feed(meter: Meter, from: number, seconds: number, each: number): Meter {
  let fed = meter;
  for (let second = 0; second < seconds; second++) fed = advance(fed, from + second * 1_000, each);
  return fed;
}

describe('the meter of a room', () => {
  it('counts the window exactly and forgets what has left it', () => {
    const meter = feed(newMeter(15, start), start, 40, 2);
    expect(inWindow(meter)).toBe(30);
    expect(inWindow(advance(meter, start + 53_500, 1))).toBe(3);
    expect(inWindow(advance(meter, start + 3_600_000, 1))).toBe(1);
  });

  it('learns the usual rate, and forgets it in silence', () => {
    const busy = feed(newMeter(15, start), start, 1_200, 4);
    expect(busy.usual).toBeCloseTo(4, 1);
    expect(usualOf(busy, 60)).toBeCloseTo(60, 0);
    const later = advance(busy, start + 1_200_000 + 600_000, 1);
    expect(later.usual).toBeLessThan(0.1);
    expect(later.usual).toBeGreaterThan(0);
  });

  it('does not let a burst hide itself', () => {
    const calm = feed(newMeter(15, start), start, 600, 0.1);
    const burst = feed(calm, start + 600_000, 10, 30);
    expect(burst.usual).toBeCloseTo(calm.usual, 1);
    expect(trips(burst)).toBe(true);
  });

  it.each([
    ['a steady stream, however wide', 20, 20, false],
    ['twice the usual', 5, 10, false],
    ['twenty times the usual', 1, 20, true],
    ['a few in a silent room', 0, 0.2, false],
    ['many in a silent room', 0, 5, true],
  ])('trips for %s: %s then %s a second → %s', (_, usual, now, expected) => {
    const before = feed(newMeter(15, start), start, 900, usual);
    expect(trips(feed(before, start + 900_000, 15, now))).toBe(expected);
  });

  it('stays where it is when a clock steps back', () => {
    const meter = advance(advance(newMeter(15, start), start, 3), start - 5_000, 2);
    expect(inWindow(meter)).toBe(5);
  });
});

const cut: DropFacts = { people: 400, seconds: 9, usual: 3, present: 5_000, inOneCohort: 380 };

describe('a sudden drop', () => {
  it('is told with its numbers', () => {
    expect(judgeDrop(cut)).toEqual({
      people: 400,
      seconds: 9,
      share: 0.95,
      returned: 0,
      returnedElsewhere: 0,
    });
  });

  it.each<[string, Partial<DropFacts>, boolean]>([
    ['a network that is cut off', {}, true],
    ['a cut in a small room', { people: 24, present: 60, inOneCohort: 20, usual: 0 }, true],
    ['one person too few', { people: 19, present: 60, inOneCohort: 19, usual: 0 }, false],
    ['just enough people', { people: 20, present: 60, inOneCohort: 20, usual: 0 }, true],
    [
      'people leaving slowly, as ever',
      { people: 40, usual: 38, present: 400, inOneCohort: 40 },
      false,
    ],
    ['not quite eight times the usual', { usual: 51 }, false],
    ['eight times the usual', { usual: 50 }, true],
    ['less than a twentieth of the room', { people: 240, inOneCohort: 240, present: 5_000 }, false],
    ['a twentieth of the room', { people: 250, inOneCohort: 250, present: 5_000 }, true],
    ['a room that empties over many small cohorts', { inOneCohort: 12 }, false],
    ['people whose network is unknown', { inOneCohort: 0 }, false],
    ['not quite three in five of one cohort', { inOneCohort: 239 }, false],
    ['three in five of one cohort', { inOneCohort: 240 }, true],
    ['nobody', { people: 0, inOneCohort: 0, usual: 0 }, false],
  ])('%s', (_, facts, expected) => {
    expect(judgeDrop({ ...cut, ...facts }) !== null).toBe(expected);
  });

  it('lasts a second at least', () => {
    expect(judgeDrop({ ...cut, seconds: 0 })?.seconds).toBe(1);
  });
});

const raid: RaidFacts = {
  people: 60,
  seconds: 20,
  usual: 2,
  roomAge: 3_600,
  inviter: 'mara',
  below: 51,
  shareBefore: 0.01,
};

describe('a raid', () => {
  it('is told with its inviter', () => {
    expect(judgeRaid(raid)).toEqual({ people: 60, seconds: 20, share: 0.85, inviter: 'mara' });
  });

  it.each<[string, Partial<RaidFacts>, boolean]>([
    ['many out of one branch', {}, true],
    ['a guest who brings people from all branches', { inviter: null, below: 0 }, false],
    ['half of them from one branch', { below: 30 }, false],
    ['three in five from one branch', { below: 36 }, true],
    ['a branch that fills the room anyway', { shareBefore: 0.8 }, false],
    ['twice as often as before', { below: 60, shareBefore: 0.5 }, true],
    ['a room that is just filling up', { roomAge: 60 }, false],
    ['a friend bringing friends', { people: 12, below: 12, usual: 0 }, false],
    ['a busy room', { usual: 10 }, false],
  ])('%s', (_, facts, expected) => {
    expect(judgeRaid({ ...raid, ...facts }) !== null).toBe(expected);
  });
});
