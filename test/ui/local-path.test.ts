import { expect, it } from 'vitest';
import { localPath } from '#app/local-path.ts';

it.each(['/', '/rooms', '/log?action=room&q=a%20b', '/rooms/%D8%A6'])('keeps %j', (path) => {
  expect(localPath(path)).toBe(path);
});

it.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\\evil.example',
  '\t//evil.example',
  'rooms',
  '',
  null,
  undefined,
  7,
])('takes nobody to %j', (wanted) => {
  expect(localPath(wanted)).toBe('/');
});
