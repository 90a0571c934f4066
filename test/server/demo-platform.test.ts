import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { draftSave } from '#app/domain/policies/commands.ts';
import { POLICY_LANGUAGES } from '#app/domain/policies/view.ts';
import { openHostVerifier } from '#server/auth/host-token.ts';
import { parseHostLinkKeys } from '#server/config/host-link-keys.ts';
import { openHostSigner } from '#server/demo/host-signer.ts';

const CONSOLE = 'http://localhost:4600';

it('signs its hosts’ links as a platform does, by keys of its own', async () => {
  const [signer, other] = await Promise.all([openHostSigner(), openHostSigner()]);
  const { HOST_LINK_ISSUER: issuer, HOST_LINK_KEYS: text } = signer.environment;
  const keys = parseHostLinkKeys(text);
  if (typeof keys === 'string') throw new Error(keys);
  const verify = openHostVerifier({ issuer, audience: CONSOLE, keys });
  const tokenOf = (link: string) => new URL(link).searchParams.get('token');

  const link = await signer.link(CONSOLE, 'tea', 'm1');
  expect(new URL(link).pathname).toBe('/host');
  const verified = await verify(tokenOf(link));
  expect(verified).toMatchObject({ ok: true, claims: { room: 'tea', member: 'm1', role: 'host' } });
  const again = await verify(tokenOf(await signer.link(CONSOLE, 'tea', 'm1')));
  expect(verified.ok && again.ok && verified.claims.jti !== again.claims.jti).toBe(true);
  expect(await verify(tokenOf(await other.link(CONSOLE, 'tea', 'm1')))).toMatchObject({
    ok: false,
  });
  expect(await verify(tokenOf(await signer.link('http://other', 'tea', 'm1')))).toEqual({
    ok: false,
    why: 'wrong_audience',
  });
});

it('has a policy that can be published, in every language', () => {
  const file = join(import.meta.dirname, '../../server/demo/policy.json');
  const { clauses } = draftSave.parse({
    revision: 0,
    clauses: JSON.parse(readFileSync(file, 'utf8')),
  });
  expect(clauses.length).toBeGreaterThan(3);
  for (const { code, words } of clauses) {
    expect([code, POLICY_LANGUAGES.filter((one) => words[one] === undefined)]).toEqual([code, []]);
  }
});
