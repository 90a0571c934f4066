import { createHmac } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { JoinClaims } from '#server/auth/join-claims.ts';
import { AUDIENCE, signJoinToken, verifyJoinToken } from '#server/auth/join-token.ts';

const key = (id: string) => ({ id, secret: Buffer.from(id.repeat(40)) });
const keys = [key('a'), key('b')];
const profile = {
  handle: 'ada',
  name: 'Ada',
  locale: 'en',
  inviter: null,
  memberSince: '2020-11-01T00:00:00Z',
};
const said: JoinClaims = { room: 'tea', member: 'ada', role: 'speaker', profile };
const now = () => Math.floor(Date.now() / 1_000);

interface Forging {
  alg?: string;
  kid?: string;
  secret?: Uint8Array;
  claims?: object;
}

function forge({ alg = 'HS256', kid = 'a', secret, claims = {} }: Forging): Promise<string> {
  const iat = now();
  const whole = { iss: 'rostrum', aud: AUDIENCE, iat, exp: iat + 60, jti: 'x', ...said, ...claims };
  return new SignJWT(whole).setProtectedHeader({ alg, kid }).sign(secret ?? key(kid).secret);
}

describe('a join token', () => {
  it('says what was signed, whichever key signed it', async () => {
    const { token, expiresAt } = await signJoinToken(keys, said, 60);
    const claims = { ...said, signedBy: 'platform:join_token/a' };
    expect(verifyJoinToken(keys, token)).toEqual({ ok: true, claims });
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    // Rotation: a new first key, the old one still verifies.
    expect(verifyJoinToken([key('c'), ...keys], token).ok).toBe(true);
    expect(verifyJoinToken([key('c')], token)).toEqual({ ok: false, why: 'forged' });
  });

  it('never lives longer than ten minutes', async () => {
    const { expiresAt } = await signJoinToken(keys, said, 86_400);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(600_000);
  });

  it.each<[string, Forging, string]>([
    ['another algorithm', { alg: 'HS512', secret: Buffer.from('a'.repeat(64)) }, 'forged'],
    ['an unknown key', { kid: 'z' }, 'forged'],
    ["a known id with another key's secret", { secret: key('b').secret }, 'forged'],
    ['another audience', { claims: { aud: 'rostrum/operator' } }, 'forged'],
    ['several audiences', { claims: { aud: [AUDIENCE, 'else'] } }, 'malformed'],
    ['a time that is over', { claims: { iat: now() - 100, exp: now() - 6 } }, 'expired'],
    ['no end', { claims: { exp: undefined } }, 'malformed'],
    ['a long life', { claims: { iat: now(), exp: now() + 601 } }, 'forged'],
    ['a life that begins later', { claims: { iat: now() + 60, exp: now() + 120 } }, 'forged'],
    ['no id', { claims: { jti: undefined } }, 'malformed'],
    ['an unknown claim', { claims: { operator: true } }, 'malformed'],
    ['a role that is none', { claims: { role: 'king' } }, 'malformed'],
    ['a room that is none', { claims: { room: '../x' } }, 'malformed'],
    ['a profile with more in it', { claims: { profile: { ...profile, phone: '1' } } }, 'malformed'],
    [
      'a name no database holds',
      { claims: { profile: { ...profile, name: 'a\u0000' } } },
      'malformed',
    ],
  ])('is refused with %s', async (_, forging, why) => {
    expect(verifyJoinToken(keys, await forge(forging))).toEqual({ ok: false, why });
  });

  it('within five seconds of its end is still taken, for clocks that differ', async () => {
    const token = await forge({ claims: { iat: now() - 60, exp: now() - 2 } });
    expect(verifyJoinToken(keys, token).ok).toBe(true);
  });

  it('is refused with a signature that only decodes to the right one', async () => {
    const token = await forge({});
    expect(verifyJoinToken(keys, `${token}=`)).toEqual({ ok: false, why: 'forged' });
    expect(verifyJoinToken(keys, `${token}.`)).toEqual({ ok: false, why: 'malformed' });
    expect(verifyJoinToken(keys, token.slice(0, -1))).toEqual({ ok: false, why: 'forged' });
  });

  it('is refused with an extension it must understand', async () => {
    const [, payload] = (await forge({})).split('.');
    const header = JSON.stringify({ alg: 'HS256', kid: 'a', crit: ['exp'] });
    const signed = `${Buffer.from(header).toString('base64url')}.${payload}`;
    const signature = createHmac('sha256', key('a').secret).update(signed).digest('base64url');
    const verified = verifyJoinToken(keys, `${signed}.${signature}`);
    expect(verified).toEqual({ ok: false, why: 'forged' });
  });

  it('is refused without a signature', async () => {
    const token = new UnsecuredJWT({ ...said, jti: 'x' })
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('60s')
      .encode();
    expect(verifyJoinToken(keys, token).ok).toBe(false);
  });

  it.each([
    ['nothing', undefined],
    ['an object', {}],
    ['text', 'hello'],
    ['dots', '..'],
    ['five thousand letters', 'a.'.repeat(2_500)],
  ])('is not %s', (_, token) => {
    expect(verifyJoinToken(keys, token)).toEqual({ ok: false, why: 'malformed' });
  });
});
