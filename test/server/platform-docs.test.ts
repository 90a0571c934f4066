import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { WEBHOOK_TYPES } from '#app/domain/platform/view.ts';
import { LONGEST_LIFE, openHostVerifier } from '#server/auth/host-token.ts';

const checkout = join(import.meta.dirname, '../..');
const page = readFileSync(join(checkout, 'docs/platform.md'), 'utf8');

it('shows how to sign a host link that is let in', async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  // Inside the checkout, so that its import finds the library.
  const file = join(checkout, `node_modules/.host-link-${randomUUID()}.mjs`);
  writeFileSync(file, code);
  onTestFinished(() => rmSync(file));
  const { makeHostLink } = await import(/* @vite-ignore */ file);
  const { privateKey: key, publicKey } = await generateKeyPair('EdDSA');
  const said = { issuer: 'https://app.example', kid: 'a', room: 'tea', member: 'hana' };
  const console = 'https://rostrum.example';
  const link = new URL(await makeHostLink({ ...said, key, console, role: 'moderator' }));
  expect(link.origin + link.pathname).toBe('https://rostrum.example/host');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'a' };
  const keys = { keys: [jwk] } as never;
  const verify = openHostVerifier({ issuer: said.issuer, audience: console, keys });
  expect(await verify(link.searchParams.get('token'))).toMatchObject({
    ok: true,
    claims: { room: 'tea', member: 'hana', role: 'moderator' },
  });
});

it('says what the code does', () => {
  for (const type of WEBHOOK_TYPES) expect(page).toContain(`\`${type}\``);
  expect(page).toContain(`at most ${LONGEST_LIFE} seconds apart`);
});
