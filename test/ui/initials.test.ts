import { expect, it } from 'vitest';
import { initialsOf } from '#app/components/ui/initials.ts';

it.each([
  ['Jun Zhao', 'JZ'],
  ['alim', 'A'],
  ['林美玲', '林'],
  ['ئاينۇر', 'ئا'],
  ['گۈلنار ئەنۋەر', 'گ'],
  ['𠮷田', '𠮷'],
  ['e\u0301lodie', 'E\u0301'],
  ['🎧 Mei', 'M'],
  ['  ', '?'],
  ['🎧', '?'],
])('%s is shown as %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
