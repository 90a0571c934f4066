import { describe, expect, it } from 'vitest';
import { chooseExposure, readExposure } from '#app/exposure/exposure.server.ts';
import { UNSHIELDED } from '#app/exposure/exposure.ts';
import {
  beginShift,
  countWork,
  isBreakDue,
  LOOK_EVERY,
  parseShift,
  putOffBreak,
  type Shift,
  wears,
} from '#app/exposure/shift.ts';

const T0 = Date.UTC(2026, 0, 1, 22);

/** Minutes of looks, one every fifteen seconds. */
function work(from: Shift, minutes: number): Shift {
  let shift = from;
  for (let at = from.at + LOOK_EVERY; at <= from.at + minutes * 60_000; at += LOOK_EVERY) {
    shift = countWork(shift, at);
  }
  return shift;
}

describe('a shift', () => {
  it('proposes a pause after as much work as was chosen, and again after as much more', () => {
    const early = work(beginShift(T0), 29);
    expect(isBreakDue(early, 30)).toBe(false);
    const due = work(early, 1);
    expect(due.minutes).toBeCloseTo(30);
    expect(isBreakDue(due, 30)).toBe(true);
    const on = work(putOffBreak(due), 29);
    expect(isBreakDue(on, 30)).toBe(false);
    expect(isBreakDue(work(on, 1), 30)).toBe(true);
  });

  it('begins anew after ten minutes of something else, and forgets a clock set back', () => {
    const due = work(beginShift(T0), 30);
    expect(countWork(due, due.at + 10 * 60_000).minutes).toBe(0);
    expect(countWork(due, T0 - 1).minutes).toBe(0);
    // A tab that slept for five minutes worked for half of one at most.
    expect(countWork(due, due.at + 5 * 60_000).minutes).toBeCloseTo(30.5);
  });

  it('is read as it was kept, or not at all', () => {
    const shift = work(beginShift(T0), 3);
    expect(parseShift(JSON.stringify(shift))).toEqual(shift);
    for (const odd of [null, '', 'null', '7', '{"minutes":"3"}', '{"minutes":3,"at":null}']) {
      expect([odd, parseShift(odd)]).toEqual([odd, null]);
    }
  });

  it('counts live rooms and the log, and nothing else', () => {
    for (const path of ['/rooms/tea', '/log', '/log/018f', '/log/reads']) {
      expect([path, wears(path)]).toEqual([path, true]);
    }
    for (const path of ['/rooms', '/profile', '/logs', '/operators']) {
      expect([path, wears(path)]).toEqual([path, false]);
    }
  });
});

describe('exposure settings', () => {
  const asked = (cookie?: string) =>
    new Request('http://localhost/', cookie ? { headers: { cookie } } : {});
  const choose = (from: Request, fields: Record<string, string>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return chooseExposure(from, form);
  };
  const kept = (header: string | null) => asked(header?.split(';')[0]);

  it('hide nothing and propose nothing until someone chooses', async () => {
    expect(await readExposure(asked())).toEqual(UNSHIELDED);
    expect(await readExposure(asked('rostrum_exposure=nonsense'))).toEqual(UNSHIELDED);
  });

  it('are kept one beside the other, and only as they are offered', async () => {
    const hidden = kept(await choose(asked(), { hidesWords: 'on' }));
    expect(await readExposure(hidden)).toEqual({ hidesWords: true, breakAfter: 0 });
    const both = kept(await choose(hidden, { breakAfter: '45' }));
    expect(await readExposure(both)).toEqual({ hidesWords: true, breakAfter: 45 });
    const odd = kept(await choose(both, { breakAfter: '7' }));
    expect(await readExposure(odd)).toEqual({ hidesWords: true, breakAfter: 45 });
    expect(await choose(both, { theme: 'dark' })).toBeNull();
  });
});
