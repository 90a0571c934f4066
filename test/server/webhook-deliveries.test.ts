import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openEnforcementWorker } from '#server/jobs/enforcement.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { insertMessages } from '#server/webhooks/messages.ts';
import { readDeliveries } from '#server/webhooks/read-endpoints.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { openFakePlane } from '#test/support/fake-plane.ts';
import { act, addOperator, joining, openRoomWith } from '#test/support/rooms.ts';
import { useWebhooks } from '#test/support/use-webhooks.ts';

const { base, receiver, OWNER, worker, endpoint, deliveriesOf } = useWebhooks();

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
