import { describe, expect, it } from 'vitest';
import { searchActions } from '#app/components/ui/search-actions.ts';
import {
  chosenKey,
  keyOf,
  moveKey,
  NO_CHOICES,
  parseChoices,
} from '#app/components/ui/shortcut-keys.ts';

const press = {
  key: 'm',
  code: 'KeyM',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
};

describe('the key that was pressed', () => {
  it('is the letter, whatever the case', () => {
    expect(keyOf({ ...press, key: 'M' })).toBe('m');
    expect(keyOf({ ...press, key: '?', code: 'Slash' })).toBe('?');
  });

  it('is its place on the keyboard where the layout types another script', () => {
    expect(keyOf({ ...press, key: 'م' })).toBe('m');
  });

  it.each([
    { ctrlKey: true },
    { metaKey: true },
    { altKey: true },
    { repeat: true },
    { isComposing: true },
    { key: 'Enter', code: 'Enter' },
    { key: ' ', code: 'Space' },
  ])('is none with %o', (change) => {
    expect(keyOf({ ...press, ...change })).toBeNull();
  });
});

describe('choices of keys', () => {
  it('moves an action', () => {
    expect(chosenKey(moveKey(NO_CHOICES, ['m', 'r'], 'm', 'k'), 'm')).toBe('k');
  });

  it('exchanges keys rather than leave an action without one', () => {
    const choices = moveKey(NO_CHOICES, ['m', 'r'], 'm', 'r');
    expect([chosenKey(choices, 'm'), chosenKey(choices, 'r')]).toEqual(['r', 'm']);
  });

  it('switches all of them off', () => {
    expect(chosenKey({ off: true, moved: {} }, 'm')).toBeNull();
  });

  it.each([null, 'no json', '[]', '3', '{"off":"yes","moved":{"m":5,"r":"long"}}'])(
    'takes %s for no choice',
    (stored) => {
      expect(parseChoices(stored)).toEqual(NO_CHOICES);
    },
  );

  it('reads back what it stored', () => {
    const choices = { off: true, moved: { m: 'k' } };
    expect(parseChoices(JSON.stringify(choices))).toEqual(choices);
  });
});

describe('the command palette', () => {
  const all = [{ label: 'Unlock the room' }, { label: 'Lock the room' }, { label: 'Élodie' }];

  it('puts what begins with the words first', () => {
    expect(searchActions(all, 'lock').map(({ label }) => label)).toEqual([
      'Lock the room',
      'Unlock the room',
    ]);
  });

  it('finds words in any order, without their accents', () => {
    expect(searchActions(all, 'room unl')).toEqual([all[0]]);
    expect(searchActions(all, 'elo')).toEqual([all[2]]);
  });
});
