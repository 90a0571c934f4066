import { beforeEach, describe, expect, it } from 'vitest';
import { openAccountKey } from '#server/auth/account-key.ts';
import type { Session } from '#server/auth/sessions.ts';
import { platformContext } from '#server/http/platform-context.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import { SECRETS, useRostrum } from '#test/support/rostrum.ts';

const base = useDatabase();
const server = useRostrum(base);
let told = 0;
beforeEach(() => {
  told = 0;
});

async function contextOf(roles: string[], isRecent = true) {
  const { actor, id, name } = await addOperator(base.db, roles);
  const viewer = { kind: 'operator', name, roles, room: null } as Session['viewer'];
  const session: Session = { id: 'session', ref: `operator:${id}`, actor, viewer, isRecent };
  return platformContext(base.db, session, options);
}

const options = {
  configured: [
    {
      id: 'vault',
      hash: Buffer.alloc(32),
      scopes: new Set(['rooms'] as const),
      callsPerMinute: null,
    },
  ],
  usualCalls: 6_000,
  webhooks: { strict: true, sealing: openAccountKey('k'.repeat(40)) },
  keysChanged: () => void told++,
};
const key = { name: 'Back end', scopes: ['rooms'] };
const endpoint = { name: 'App', url: 'https://app.example/hook', types: ['room.opened'] };

describe('the platform of a session', () => {
  it('is changed by admins who have lately proven who they are', async () => {
    const { keys, webhooks } = await contextOf(['admin']);
    const made = await keys.make(key);
    expect(made).toMatchObject({ ok: true });
    expect(told).toBe(1);
    expect(await webhooks.make(endpoint)).toMatchObject({ ok: true });
    expect((await keys.list())?.configured).toEqual([{ id: 'vault', scopes: ['rooms'] }]);
    expect(JSON.stringify([await keys.list(), await webhooks.list()])).not.toMatch(
      /whsec_|secret_hash|secretHash/,
    );
  });

  it('is seen but not changed when that was long ago', async () => {
    const { keys, webhooks } = await contextOf(['admin'], false);
    const again = { ok: false, reason: 'reauthenticate' };
    expect(await keys.make(key)).toEqual(again);
    expect(await keys.rotate({})).toEqual(again);
    expect(await keys.revoke({})).toEqual(again);
    expect(await webhooks.make(endpoint)).toEqual(again);
    expect(await webhooks.change({})).toEqual(again);
    expect(told).toBe(0);
    expect(await keys.list()).not.toBeNull();
  });

  it('is nothing for anyone else, and asks them to prove nothing', async () => {
    const forbidden = { ok: false, reason: 'forbidden' };
    const lead = await contextOf(['lead'], false);
    expect([await lead.keys.list(), await lead.webhooks.list()]).toEqual([null, null]);
    expect(await lead.keys.make(key)).toEqual(forbidden);
    const nobody = platformContext(base.db, null, options);
    expect([await nobody.keys.list(), await nobody.webhooks.list()]).toEqual([null, null]);
    expect(await nobody.keys.make(key)).toEqual(forbidden);
    expect(await nobody.webhooks.make(endpoint)).toEqual(forbidden);
  });
});

it('is watched: an endpoint that fails is a number of its own', async () => {
  const metrics = await fetch(`${server.url}/metrics`, {
    headers: { Authorization: `Bearer ${SECRETS.all}` },
  });
  const text = await metrics.text();
  expect(text).toMatch(/^rostrum_webhooks_alerting 0$/m);
  expect(text).toMatch(/^rostrum_webhook_oldest_seconds [\d.]+$/m);
});
