import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebhookType } from '#app/domain/platform/view.ts';
import { openAccountKey } from '#server/auth/account-key.ts';
import { openEnforcementWorker } from '#server/jobs/enforcement.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { fileReport } from '#server/rooms/report.ts';
import { claimDeliveries } from '#server/webhooks/claim.ts';
import { changeEndpoint, makeEndpoint } from '#server/webhooks/endpoints.ts';
import { insertMessages } from '#server/webhooks/messages.ts';
import { readDeliveries, readEndpoints } from '#server/webhooks/read-endpoints.ts';
import { settleDelivery, waitAfter } from '#server/webhooks/settle.ts';
import { openWebhookWorker } from '#server/webhooks/worker.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { openFakePlane } from '#test/support/fake-plane.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, joining, openRoomWith } from '#test/support/rooms.ts';
import { useReceiver } from '#test/support/webhook-receiver.ts';

const base = useDatabase();
const receiver = useReceiver();
const OWNER: Actor = { kind: 'system' };
const sealing = openAccountKey('k'.repeat(40));
const loose = { strict: false, sealing };
const worker = (timeoutMs = 2_000) =>
  openWebhookWorker({
    db: base.db,
    log: { error: (fields: unknown) => expect.unreachable(String(fields)) } as never,
    send: { strict: false, timeoutMs },
    sealing,
    pollMs: 0,
  });

/** An endpoint of its own, switched off after the test so that others stay alone. */
async function endpoint(types: WebhookType[], url = receiver.url) {
  const made = await makeEndpoint(base.db, OWNER, { name: 'App', url, types }, loose);
  if (!made.ok) throw new Error(`${made.reason} ${made.field}`);
  onTestFinished(async () => {
    await changeEndpoint(base.db, OWNER, { change: 'delete', endpoint: made.id }, loose);
  });
  return made;
}

const deliveriesOf = async (id: string) =>
  (await readDeliveries(base.db, OWNER, id, null))?.deliveries ?? [];
const endpointOf = async (id: string) =>
  (await readEndpoints(base.db, OWNER))?.find((row) => row.id === id);
const actionsAbout = async (id: string) => {
  const rows = await base.db.sql<{ action: string; actor_ref: string }[]>`
    select action, actor_ref from audit.event
    where target_ref = ${`webhook:${id}`} and outcome = 'accepted' order by event_id`;
  return rows.map(({ action }) => action);
};
const saysOf = (at = 0) => JSON.parse(receiver.received[at]?.body ?? 'null');
/** Makes what waits due, as time would. */
const hasten = (id: string, begunHoursAgo = 0) =>
  asOwner(
    base,
    (sql) => sql`
      update webhook_delivery set next_attempt_at = now() - interval '1 second', claimed_until = null,
        begun_at = begun_at - make_interval(hours => ${begunHoursAgo})
      where endpoint_id = ${id} and state = 'pending'`,
  );

const headersOf = (at = 0): IncomingHttpHeaders => receiver.received[at]?.headers ?? {};

function isSignedBy(secret: string, at = 0): boolean {
  const headers = headersOf(at);
  const body = receiver.received[at]?.body;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const right = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(right);
}

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

describe('deliveries', () => {
  it('are listed newest first, a page at a time, and forgotten after thirty days', async () => {
    const { id } = await endpoint(['room.opened']);
    for (let i = 0; i < 53; i++) await openRoomWith(base.db, {});
    const first = await readDeliveries(base.db, OWNER, id, null);
    const second = await readDeliveries(base.db, OWNER, id, first?.next ?? null);
    expect([first?.deliveries.length, second?.deliveries.length]).toEqual([50, 3]);
    expect(second?.next).toBeNull();
    const all = [...(first?.deliveries ?? []), ...(second?.deliveries ?? [])];
    expect(new Set(all.map((one) => one.id)).size).toBe(53);
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    await asOwner(
      base,
      (sql) => sql`
        update webhook_delivery set at = at - interval '31 days'
        where id in (select id from webhook_delivery where endpoint_id = ${id} order by at limit 50)`,
    );
    await base.db.sql`select * from purge_platform_access()`;
    expect(await deliveriesOf(id)).toHaveLength(3);
  });

  it('go with a member who is erased, and only theirs', async () => {
    const { id } = await endpoint(['report.received']);
    const tell = (member: string) =>
      base.db.begin((tx) =>
        insertMessages(tx, [{ type: 'report.received', at: Date.now(), data: { member } }]),
      );
    const [one, two] = [`erased-${randomUUID()}`, `kept-${randomUUID()}`];
    await openRoomWith(base.db, { [one]: 'listener', [two]: 'listener' });
    await tell(one);
    await tell(two);
    // As an erasure does.
    await asOwner(base, (sql) => sql`update member set ref = gen_random_uuid() where id = ${one}`);
    await asOwner(base, (sql) => sql`update member set prior_acts = 1 where id = ${two}`);
    const left = await base.db.sql<{ data: { member: string } }[]>`
      select data from webhook_delivery where endpoint_id = ${id}`;
    expect(left.map(({ data }) => data.member)).toEqual([two]);
  });

  it('tell what the media plane made true, and for whom, and no name', async () => {
    const { id } = await endpoint(['enforcement.observed', 'enforcement.failed']);
    const room = await openRoomWith(base.db, { hana: 'host', bo: 'speaker' });
    const { actor } = await addOperator(base.db, ['moderator']);
    await act(base.db, actor, room, { name: 'mute', member: 'bo' });
    await ingest(base.db, room, [joining('cy')]);
    expect(await deliveriesOf(id)).toEqual([]);
    const plane = openFakePlane();
    plane.connect(room, 'bo', true);
    const made = openEnforcementWorker({
      db: base.db,
      plane,
      committed: () => {},
      log: { error: () => {} },
      pollMs: 0,
    });
    plane.faults.down = true;
    await made.pass();
    plane.faults.down = false;
    await base.db.sql`update enforcement set next_attempt_at = now() where room_id = ${room}`;
    await made.pass();
    await made.stop();
    await worker().pass();
    const said = receiver.received.map(({ body }) => JSON.parse(body));
    expect(said.map(({ type }) => type).sort()).toEqual([
      'enforcement.failed',
      'enforcement.observed',
    ]);
    expect(said[0].data).toEqual({
      room,
      member: 'bo',
      seq: expect.any(Number),
      admitted: true,
      may_speak: false,
    });
    expect(JSON.stringify(said)).not.toContain('Name of');
  });
});
