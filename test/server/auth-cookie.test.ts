import { expect, it } from 'vitest';
import { readCookie, writeCookie } from '#server/auth/cookie.ts';
import { makeToken } from '#server/auth/token.ts';

const token = makeToken();

it('is bound to this host by its name, over https', () => {
  expect(writeCookie(token, 60, true)).toBe(
    `__Host-rostrum=${token}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure`,
  );
});

it.each([
  ['alone', `rostrum=${token}`, token],
  ['among others', `a=b; rostrum=${token};c=d`, token],
  ['of another name', `rostrum2=${token}`, null],
  ['of the https name', `__Host-rostrum=${token}`, null],
  ['too short', 'rostrum=abc', null],
  ['with more after it', `rostrum=${token}x`, null],
  ['without a value', 'rostrum', null],
  ['that is not there', undefined, null],
])('reads a cookie %s', (_, header, expected) => {
  expect(readCookie(header, false)).toBe(expected);
});
