import { describe, expect, it } from 'vitest';
import { followRow, keepOrder, rowAfterKey } from '#app/components/ui/data-table/steady-order.ts';

const keep = (before: string, next: string) =>
  keepOrder([...before], [...next], (id) => id).join('');

describe('rows under the pointer', () => {
  it('stay where they were', () => expect(keep('abc', 'cab')).toBe('abc'));
  it('leave when they are gone', () => expect(keep('abc', 'ca')).toBe('ac'));
  it('wait at the end when they are new', () => expect(keep('abc', 'xcab')).toBe('abcx'));
  it('are the same list when nothing moved', () => {
    const next = ['a', 'b'];
    expect(keepOrder(['a', 'b'], next, (id) => id)).toBe(next);
  });
});

describe('the row with the keyboard', () => {
  it('is followed where it goes', () =>
    expect(followRow({ id: 'b', index: 1 }, ['x', 'a', 'b'])).toBe(2));
  it('gives way to the one in its place when it leaves', () => {
    expect(followRow({ id: 'b', index: 1 }, ['a', 'c', 'd'])).toBe(1);
  });
  it('is the last one when the end left', () =>
    expect(followRow({ id: 'd', index: 3 }, ['a', 'b'])).toBe(1));
  it('is none in an empty table', () => expect(followRow({ id: 'a', index: 0 }, [])).toBe(-1));
});

describe('keys in a table of ten', () => {
  it.each([
    ['ArrowDown', 4, 5],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['PageDown', 1, 5],
    ['PageUp', 3, 0],
    ['Home', 7, 0],
    ['End', 0, 9],
  ])('%s from %i leads to %i', (key, from, to) => {
    expect(rowAfterKey(key, from, 10, 4)).toBe(to);
  });
  it('leaves other keys alone', () => expect(rowAfterKey('Tab', 3, 10, 4)).toBeNull());
});
