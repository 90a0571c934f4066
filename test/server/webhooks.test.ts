import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { fileReport } from '#server/rooms/report.ts';
import { claimDeliveries } from '#server/webhooks/claim.ts';
import { changeEndpoint } from '#server/webhooks/endpoints.ts';
import { insertMessages } from '#server/webhooks/messages.ts';
import { settleDelivery, waitAfter } from '#server/webhooks/settle.ts';
import { act, addOperator, openRoomWith } from '#test/support/rooms.ts';
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
  saysOf,
  hasten,
  headersOf,
  isSignedBy,
} = useWebhooks();

describe('the outbox', () => {
  it('holds what an endpoint wants, and is delivered signed as Standard Webhooks has it', async () => {
    const { id, secret } = await endpoint(['room.opened', 'room.ended']);
    const room = await openRoomWith(base.db, { hana: 'host' });
    await endRoom(base.db, room, 'platform:test');
    expect(await worker().pass()).toBe(2);
    expect(receiver.received.map(({ body }) => JSON.parse(body).type).sort()).toEqual([
      'room.ended',
      'room.opened',
    ]);
    expect(Object.keys(saysOf())).toEqual(['type', 'timestamp', 'data']);
    expect(saysOf().data).toEqual({ room });
    expect(new Date(saysOf().timestamp).toISOString()).toBe(saysOf().timestamp);
    const headers = headersOf();
    expect(headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(30);
    expect(headers['content-type']).toBe('application/json');
    expect(isSignedBy(secret)).toBe(true);
    expect(isSignedBy(`whsec_${Buffer.from('other').toString('base64')}`)).toBe(false);
    expect((await deliveriesOf(id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(await worker().pass()).toBe(0);
  });

  it('holds nothing that no endpoint wants', async () => {
    const { id } = await endpoint(['report.received']);
    await openRoomWith(base.db, { hana: 'host' });
    expect(await deliveriesOf(id)).toEqual([]);
    await changeEndpoint(base.db, OWNER, { change: 'disable', endpoint: id }, loose);
    const [{ n: before } = { n: 0 }] = await base.db.sql<{ n: number }[]>`
      select count(*) as n from webhook_delivery`;
    const room = await openRoomWith(base.db, { hana: 'host', bo: 'listener' });
    const report = { id: randomUUID(), room, reporter: 'hana', member: 'bo', category: 'abuse' };
    await fileReport(base.db, { ...report, text: 'said' });
    const [row] = await base.db.sql<{ n: number }[]>`select count(*) as n from webhook_delivery`;
    expect(row?.n).toBe(before);
  });

  it('is rolled back with what it tells', async () => {
    const { id } = await endpoint(['room.opened']);
    const told = { type: 'room.opened', at: Date.now(), data: { room: 'tea' } } as const;
    await base.db.begin((tx) => insertMessages(tx, [told]));
    expect(await deliveriesOf(id)).toHaveLength(1);
    const undone = base.db.begin(async (tx) => {
      await insertMessages(tx, [told]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await deliveriesOf(id)).toHaveLength(1);
  });

  it('tells of reports by ids alone, by whomever they were made', async () => {
    const { id } = await endpoint(['report.received']);
    const room = await openRoomWith(base.db, { hana: 'host', bo: 'listener', cy: 'listener' });
    const report = { id: randomUUID(), room, reporter: 'cy', member: 'bo', category: 'abuse' };
    const text = 'what they said to me';
    await fileReport(base.db, { ...report, text });
    await fileReport(base.db, { ...report, text });
    const { actor } = await addOperator(base.db, ['moderator']);
    const asked = { name: 'report', member: 'bo', category: 'hate', text };
    const answer = await act(base.db, actor, room, asked);
    expect(answer.ok).toBe(true);
    await worker().pass();
    expect(receiver.received).toHaveLength(2);
    const told = receiver.received.map(({ body }) => JSON.parse(body).data);
    expect(told).toContainEqual({ report: report.id, room, member: 'bo' });
    expect(JSON.stringify(receiver.received)).not.toMatch(/what they said|"cy"|abuse|hate/);
    expect(await deliveriesOf(id)).toHaveLength(2);
  });
});

describe('a try', () => {
  it('that fails comes again later, under the same id, with a fresh signature', async () => {
    const { id, secret } = await endpoint(['room.opened']);
    await openRoomWith(base.db, { hana: 'host' });
    receiver.answer = () => ({ status: 503 });
    await worker().pass();
    expect(await deliveriesOf(id)).toMatchObject([
      { state: 'pending', attempts: 1, lastStatus: 503, lastError: 'http_503' },
    ]);
    expect((await endpointOf(id))?.failingSince).not.toBeNull();
    expect(await worker().pass()).toBe(0);
    await hasten(id);
    receiver.answer = () => ({ status: 200 });
    await worker().pass();
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(isSignedBy(secret, 1)).toBe(true);
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
    expect((await endpointOf(id))?.failingSince).toBeNull();
  });

  it.each<[string, (url: string) => string, () => void, object]>([
    [
      'a redirect, which is not followed',
      (url) => url,
      () => {
        receiver.answer = () => ({ status: 302, headers: { Location: receiver.url } });
      },
      { lastStatus: 302, lastError: 'redirect' },
    ],
    [
      'an endpoint that hangs',
      (url) => url,
      () => {
        receiver.answer = () => null;
      },
      { lastStatus: null, lastError: 'timeout' },
    ],
    [
      'nobody there',
      () => 'http://127.0.0.1:9/hook',
      () => {},
      { lastStatus: null, lastError: 'ECONNREFUSED' },
    ],
  ])('fails with %s', async (_, urlOf, prepare, expected) => {
    const { id } = await endpoint(['room.opened'], urlOf(receiver.url));
    prepare();
    await openRoomWith(base.db, { hana: 'host' });
    await worker(200).pass();
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'pending', ...expected }]);
    expect(receiver.received.length).toBeLessThanOrEqual(1);
  });

  it('waits longer the longer it has been trying, a dozen times in a day', () => {
    const middle = () => 0.5;
    expect(waitAfter(0, middle)).toBe(5_000);
    expect(waitAfter(60_000, middle)).toBe(90_000);
    expect(waitAfter(20 * 3_600_000, middle)).toBe(4 * 3_600_000);
    expect(waitAfter(0, () => 0)).toBe(3_750);
    expect(waitAfter(0, () => 1)).toBe(6_250);
    let [tried, tries] = [0, 1];
    for (; tried < 24 * 3_600_000; tries++) tried += waitAfter(tried, middle);
    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(25);
  });

  it('is made by one of two workers, and by the other when that one died', async () => {
    const { id } = await endpoint(['room.opened']);
    await openRoomWith(base.db, { hana: 'host' });
    const [one, two] = await Promise.all([
      claimDeliveries(base.db.sql, [], 60_000),
      claimDeliveries(base.db.sql, [], 60_000),
    ]);
    expect(one.length + two.length).toBe(1);
    const [old] = [...one, ...two];
    if (!old) throw new Error('nothing claimed');
    await hasten(id);
    const [next] = await claimDeliveries(base.db.sql, [], 60_000);
    if (!next) throw new Error('nothing claimed again');
    await settleDelivery(base.db, next, { ok: true, status: 200 });
    // What was overtaken changes nothing any more.
    await settleDelivery(base.db, old, { ok: false, status: 500, error: 'http_500' });
    expect(await deliveriesOf(id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
    expect((await endpointOf(id))?.failingSince).toBeNull();
  });

  it('holds up no other endpoint when one hangs', async () => {
    const { id: slow } = await endpoint(['room.opened'], `${receiver.url}/slow`);
    const { id: quick } = await endpoint(['room.opened']);
    receiver.answer = ({ path }) => (path.endsWith('slow') ? null : { status: 204 });
    const both = worker(1_500);
    await openRoomWith(base.db, { hana: 'host' });
    const first = both.pass();
    await expect.poll(async () => (await deliveriesOf(quick))[0]?.state).toBe('delivered');
    await openRoomWith(base.db, { hana: 'host' });
    expect(await both.pass()).toBe(1);
    expect((await deliveriesOf(quick)).map(({ state }) => state)).toEqual([
      'delivered',
      'delivered',
    ]);
    expect((await deliveriesOf(slow)).map(({ attempts }) => attempts).sort()).toEqual([0, 1]);
    await first;
    await both.stop();
  });
});
