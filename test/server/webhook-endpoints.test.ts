import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openAccountKey } from '#server/auth/account-key.ts';
import { changeEndpoint, makeEndpoint } from '#server/webhooks/endpoints.ts';
import { readDeliveries, readEndpoints } from '#server/webhooks/read-endpoints.ts';
import { openWebhookWorker } from '#server/webhooks/worker.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { addOperator, openRoomWith } from '#test/support/rooms.ts';
import { useWebhooks } from '#test/support/use-webhooks.ts';

const {
  base,
  receiver,
  OWNER,
  loose,
  worker,
  endpoint,
  deliveriesOf,
  endpointOf,
  actionsAbout,
  hasten,
  isSignedBy,
} = useWebhooks();

describe('an endpoint', () => {
  it('is switched off when it took nothing for a day, and says so; then it can be sent again', async () => {
    const { id } = await endpoint(['room.opened']);
    await openRoomWith(base.db, { hana: 'host' });
    receiver.answer = () => ({ status: 500 });
    await worker().pass();
    await hasten(id, 23);
    await worker().pass();
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'failed', attempts: 2 }]);
    expect(await endpointOf(id)).toMatchObject({ state: 'alert', disabledWhy: 'failing' });
    expect(await actionsAbout(id)).toEqual(['webhook.made', 'webhook.disabled']);
    const [delivery] = await deliveriesOf(id);
    const again = { change: 'replay', endpoint: id, delivery: delivery?.id };
    expect(await changeEndpoint(base.db, OWNER, again, loose)).toEqual({
      ok: false,
      reason: 'ended',
    });
    expect(await changeEndpoint(base.db, OWNER, { change: 'enable', endpoint: id }, loose)).toEqual(
      {
        ok: true,
      },
    );
    expect(await changeEndpoint(base.db, OWNER, again, loose)).toEqual({ ok: true });
    receiver.received = [];
    receiver.answer = () => ({ status: 200 });
    await worker().pass();
    expect(receiver.received[0]?.headers['webhook-id']).toBe(delivery?.messageId);
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'delivered', attempts: 3 }]);
    expect(await endpointOf(id)).toMatchObject({ state: 'on', failingSince: null });
    expect((await actionsAbout(id)).slice(2)).toEqual(['webhook.enabled', 'webhook.replayed']);
  });

  it('is switched off at once when it says that it is gone', async () => {
    const { id } = await endpoint(['room.opened']);
    await openRoomWith(base.db, { hana: 'host' });
    receiver.answer = () => ({ status: 410 });
    await worker().pass();
    expect(await endpointOf(id)).toMatchObject({ state: 'alert', disabledWhy: 'gone', waiting: 0 });
  });

  it('goes on when another message arrived while one was given up', async () => {
    const { id } = await endpoint(['room.opened']);
    await openRoomWith(base.db, { hana: 'host' });
    receiver.answer = () => ({ status: 500 });
    await worker().pass();
    await asOwner(
      base,
      (sql) => sql`update webhook_endpoint set last_delivered_at = now() where id = ${id}`,
    );
    await hasten(id, 23);
    await worker().pass();
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'failed' }]);
    expect(await endpointOf(id)).toMatchObject({ disabledWhy: null });
  });

  it('is signed for by both secrets while one takes over from the other', async () => {
    const { id, secret } = await endpoint(['room.opened']);
    const rotated = await changeEndpoint(
      base.db,
      OWNER,
      {
        change: 'rotate',
        endpoint: id,
        overlapHours: 1,
      },
      loose,
    );
    const next = rotated.ok ? (rotated.secret ?? '') : '';
    expect(next).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await openRoomWith(base.db, { hana: 'host' });
    await worker().pass();
    expect([isSignedBy(secret), isSignedBy(next)]).toEqual([true, true]);
    await changeEndpoint(
      base.db,
      OWNER,
      { change: 'rotate', endpoint: id, overlapHours: 0 },
      loose,
    );
    await openRoomWith(base.db, { hana: 'host' });
    receiver.received = [];
    await worker().pass();
    expect([isSignedBy(secret), isSignedBy(next)]).toEqual([false, false]);
    const log = await asOwner(base, (sql) => sql`select value from audit.disclosure`);
    for (const each of [secret, next]) expect(JSON.stringify(log)).not.toContain(each);
  });

  it('keeps its secret sealed: nothing is sent that another key sealed, and it says so', async () => {
    const { id, secret } = await endpoint(['room.opened']);
    const [row] = await base.db.sql`select * from webhook_endpoint where id = ${id}`;
    expect(JSON.stringify(row)).not.toContain(secret.slice(6, 40));
    await openRoomWith(base.db, { hana: 'host' });
    const stranger = openWebhookWorker({
      db: base.db,
      log: { error: () => {} },
      send: { strict: false, timeoutMs: 1_000 },
      sealing: openAccountKey('other'.repeat(8)),
      pollMs: 0,
    });
    await stranger.pass();
    expect(receiver.received).toEqual([]);
    expect(await deliveriesOf(id)).toMatchObject([{ lastError: 'secret_unreadable' }]);
    await hasten(id);
    await worker().pass();
    expect(isSignedBy(secret)).toBe(true);
  });

  it('is for admins only, in every way', async () => {
    const { id } = await endpoint(['room.opened']);
    const { actor } = await addOperator(base.db, ['lead', 'moderator', 'auditor']);
    const forbidden = { ok: false, reason: 'forbidden' };
    const asked = { name: 'x', url: receiver.url, types: ['room.opened'] };
    expect(await makeEndpoint(base.db, actor, asked, loose)).toEqual(forbidden);
    expect(await readEndpoints(base.db, actor)).toBeNull();
    expect(await readDeliveries(base.db, actor, id, null)).toBeNull();
    for (const change of [
      { change: 'rotate', overlapHours: 1 },
      { change: 'disable' },
      { change: 'enable' },
      { change: 'delete' },
      { change: 'replay', delivery: randomUUID() },
    ]) {
      expect(await changeEndpoint(base.db, actor, { ...change, endpoint: id }, loose)).toEqual(
        forbidden,
      );
    }
    const refused = await base.db.sql`
      select action from audit.event
      where actor_ref = ${`operator:${actor.id}`} and outcome = 'refused'`;
    expect(refused).toHaveLength(6);
  });

  it.each([
    ['http://app.example/hook', 'url'],
    ['https://127.0.0.1/hook', 'url'],
    ['https://[::1]/hook', 'url'],
    ['https://[::ffff:10.0.0.1]/hook', 'url'],
    ['https://169.254.169.254/latest/meta-data', 'url'],
    ['https://localhost/hook', 'url'],
    ['https://user:password@app.example/hook', 'url'],
    ['https://0x7f000001/hook', 'url'],
    ['ftp://app.example/hook', 'url'],
    ['javascript:alert(1)', 'url'],
    ['', 'url'],
  ])('is not %s in production', async (url, field) => {
    const asked = { name: 'x', url, types: ['room.opened'] };
    expect(await makeEndpoint(base.db, OWNER, asked, { ...loose, strict: true })).toEqual({
      ok: false,
      reason: 'invalid',
      field,
    });
  });

  it('changes in the database only with an event', async () => {
    const { id } = await endpoint(['room.opened']);
    const change = base.db.sql`
      update webhook_endpoint set url = 'https://evil.example' where id = ${id}`;
    await expect(change).rejects.toThrow('without an audit event');
    await expect(base.db.sql`delete from webhook_endpoint`).rejects.toThrow('permission denied');
    await expect(base.db.sql`delete from webhook_delivery`).rejects.toThrow('permission denied');
  });
});
