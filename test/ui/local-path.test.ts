import { expect, it } from 'vitest';
import { localPath } from '#app/local-path.ts';

const here = 'https://rostrum.example';

it.each(['/', '/rooms', '/rooms/tea?q=a%20b#c', '/log?actor=operator:1', '/.//evil.example'])(
  '%s stays',
  (path) => {
    expect(localPath(path)).toBe(path);
    expect(new URL(path, here).origin).toBe(here);
  },
);

it.each<unknown>([
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '/\u0000/evil.example',
  '/\u2028/evil.example',
  ' //evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'evil.example',
  '',
  null,
  undefined,
  7,
  ['/rooms'],
])('%j leads to the start', (wanted) => {
  expect(localPath(wanted)).toBe('/');
});
