import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import type { Db } from '#db/client.ts';
import { openDb } from '#db/client.ts';
import { requestAccess, reveal } from '#server/audit/access.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { approveErasure, listErasures, requestErasure } from '#server/audit/erase.ts';
import { readFields } from '#server/audit/read-fields.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { reportEntries } from '#server/audit/report-entries.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { purgeEnded } from '#server/jobs/purge.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { listNew } from '#test/support/list-new.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
let owner: postgres.Sql;
let eraser: Db;
let lead: string;
let admin: string;
let moderator: string;
let moderating: Awaited<ReturnType<typeof addOperator>>['actor'];
let member: string;
let ref: string;
let room: string;

beforeAll(async () => {
  owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  eraser = openDb({ url: base.eraserUrl, max: 2 });
  const add = async (role: string) => (await addOperator(base.db, [role])).actor as { id: string };
  [lead, admin] = [(await add('lead')).id, (await add('admin')).id];
  const other = await addOperator(base.db, ['moderator']);
  moderating = other.actor;
  moderator = (other.actor as { id: string }).id;
});
afterAll(() => Promise.all([owner.end(), eraser.close()]));

/** A member who was muted, removed and reported in a room that has ended since, and who moderated. */
beforeEach(async () => {
  member = `eve${randomUUID().slice(0, 8)}`;
  room = await openRoomWith(base.db, { [member]: 'speaker', bob: 'listener', ann: 'host' });
  const one = { member, reason: `Shouting at everyone for an hour ${member}` };
  await expectDone(moderating, { name: 'mute', ...one });
  const host = { kind: 'member', id: 'ann', room } as const;
  await expectDone(host, { name: 'remove', ...one });
  const [row] = await base.db.sql`select ref from member where id = ${member}`;
  ref = `member:${row?.ref}`;
  await endRoom(base.db, room, 'platform:test');
});

async function expectDone(actor: Parameters<typeof act>[1], command: Parameters<typeof act>[3]) {
  expect(await act(base.db, actor, room, command)).toMatchObject({ ok: true });
}

const ask = async (by = lead, who = member) => {
  const asked = await requestErasure(eraser.sql, { member: who, basis: 'Art. 17 GDPR', by });
  if (!asked.ok) throw new Error(asked.reason);
  return asked.id;
};

/** Fields of the log about somebody, by reference. */
const about = (subject: string) =>
  owner`select event_id, name, value, salt from audit.disclosure where subject_ref = ${subject}`;

/** Recomputes every event's leaf from its fields, or from the digests that erased ones left. */
async function expectSound() {
  const events = await owner<{ event_id: string; leaf: Buffer }[]>`
    select event_id, leaf from audit.event`;
  const fields = await owner`select * from audit.disclosure`;
  const digests = new Map<string, Uint8Array[]>();
  for (const { event_id: id, name, salt, value, digest } of fields) {
    const one = digest ? Uint8Array.from(digest) : fieldDigest(sha256, { name, salt, value });
    digests.set(id, [...(digests.get(id) ?? []), one]);
  }
  for (const { event_id: id, leaf } of events) {
    const { commitment } = parseLeaf(leaf);
    const expected = commitmentOf(sha256, digests.get(id) ?? []);
    expect(Buffer.from(commitment).equals(expected), id).toBe(true);
  }
}

describe('an erasure', () => {
  it('takes two people, and leaves a log that is sound and leads nowhere', async () => {
    const sequencer = sequencerOptions(base);
    await sequenceAll(sequencer);
    await listNew(base);
    const before = await about(ref);
    expect(before.length).toBeGreaterThan(3);
    const words = { words: member };
    expect((await readAuditList(base.db, words)).rows).toHaveLength(2);

    const id = await ask();
    expect(await approveErasure(eraser.sql, { id, by: lead })).toEqual({
      ok: false,
      reason: 'same_person',
    });
    expect([...(await about(ref))]).toEqual([...before]);
    const erased = await approveErasure(eraser.sql, { id, by: admin });
    expect(erased).toEqual({
      ok: true,
      fields: before.length,
      event: expect.any(String),
      again: false,
    });

    expect([...(await about(ref))]).toEqual([]);
    expect((await readAuditList(base.db, words)).rows).toEqual([]);
    const shown = await readAuditList(base.db, { subject: ref });
    expect(shown.rows.length).toBeGreaterThan(3);
    expect(shown.rows.map(({ reason }) => reason).filter((reason) => reason !== null)).toEqual([]);
    expect(JSON.stringify(shown)).not.toContain(member);
    const [left] = await owner`select * from member where id = ${member}`;
    expect(left).toMatchObject({ handle: '', name: '', locale: 'und', prior_acts: 0 });
    expect(`member:${left?.ref}`).not.toBe(ref);
    await expectSound();
    const done = await sequenceAll(sequencer);
    expect(done?.taken).toBe(3);
  });

  it('is one leaf of its own kind, with count, basis and who asked', async () => {
    const before = await about(ref);
    const id = await ask();
    const erased = await approveErasure(eraser.sql, { id, by: admin });
    if (!erased.ok) throw new Error(erased.reason);
    const [event] = await owner`select * from audit.event where event_id = ${erased.event}`;
    const [asked] = await owner`
      select * from audit.event where event_id = ${event?.parent_id}`;
    expect(asked).toMatchObject({
      action: 'erasure.requested',
      actor_ref: `operator:${lead}`,
      target_ref: ref,
    });
    expect(event).toMatchObject({
      action: 'member.erased',
      actor_ref: `operator:${admin}`,
      target_ref: ref,
      target_type: 'member',
    });
    expect(parseLeaf(event?.leaf)).toMatchObject({ kind: 'erasure', id: erased.event });
    const fields = (await readFields(base.db.sql, [erased.event])).get(erased.event) ?? [];
    expect(Object.fromEntries(fields.map(({ name, value }) => [name, value]))).toEqual({
      basis: 'Art. 17 GDPR',
      count: before.length,
      requested_by: `operator:${lead}`,
      event: {
        action: 'member.erased',
        actor: `operator:${admin}`,
        occurred_at: event?.occurred_at.getTime(),
        outcome: 'accepted',
        parent: event?.parent_id,
        target: ref,
        target_type: 'member',
      },
    });
    const gone = await owner`
      select * from audit.disclosure where erased_by = ${erased.event} order by event_id, name`;
    expect(gone).toHaveLength(before.length);
    for (const row of gone) {
      expect(row).toMatchObject({ salt: null, value: null, subject_ref: null });
      expect(row.digest).toHaveLength(32);
    }
    const shown = (await readFields(base.db.sql, [gone[0]?.event_id])).get(gone[0]?.event_id);
    expect(shown?.find(({ name }) => name === gone[0]?.name)).toMatchObject({
      value: null,
      erasedBy: erased.event,
      erasedAt: expect.stringMatching(/Z$/),
    });
    expect(await approveErasure(eraser.sql, { id, by: admin })).toEqual({ ...erased, again: true });
    expect((await listErasures(eraser.sql))[0]).toMatchObject({
      id,
      member: ref,
      requestedBy: `operator:${lead}`,
      approvedBy: `operator:${admin}`,
      fields: before.length,
    });
  });

  it('leaves no row that leads from the member to the old pseudonym', async () => {
    await expectNoLink(false);
    await approveErasure(eraser.sql, { id: await ask(), by: admin });
    await expectNoLink(true);
  });

  async function expectNoLink(none: boolean) {
    const old = ref.slice('member:'.length);
    const rows = await owner`
      select 'member' as found from member where ref = ${old}
      union all select 'participant' from participant where member_ref = ${old}
      union all select 'command' from command c join audit.event e on e.event_id = c.audit_event_id
        where c.member_id = ${member} and e.target_ref = ${ref}
      union all select 'command input' from command where input::text like ${`%${member}%`}
      union all select 'enforcement' from enforcement f join command c on c.id = f.command_id
        where f.member_id = ${member}
      union all select 'room event' from room_event v join command c on c.id = v.command_id
        where v.body->>'member' = ${member}`;
    const found = [...new Set(rows.map((row) => row.found))].sort();
    expect(found).toEqual(
      none
        ? []
        : ['command', 'command input', 'enforcement', 'member', 'participant', 'room event'],
    );
  }

  it('takes what they wrote in notes and reports, but not why they acted on others', async () => {
    const last = await openRoomWith(base.db, { [member]: 'host', bob: 'listener', ann: 'speaker' });
    const host = { kind: 'member', id: member, room: last } as const;
    const said = `As I said ${member}`;
    for (const command of [
      { name: 'mute', member: 'ann', reason: 'Talking over everyone' },
      { name: 'report', member: 'bob', category: 'hate', text: said, reason: said },
      { name: 'hand_over', note: said, reason: said },
    ]) {
      expect(await act(base.db, host, last, command)).toMatchObject({ ok: true });
    }
    await endRoom(base.db, last, 'platform:test');
    await owner`alter table report disable trigger on_record_update`;
    await owner`update report set closed_at = now() where room_id = ${last}`;
    await owner`alter table report enable always trigger on_record_update`;
    const id = await ask();
    expect(await approveErasure(eraser.sql, { id, by: admin })).toMatchObject({ ok: true });
    const left = await owner`
      select name, input->>'reason' as reason from command where room_id = ${last} order by at`;
    expect([...left]).toEqual([
      { name: 'mute', reason: 'Talking over everyone' },
      { name: 'report', reason: null },
      { name: 'hand_over', reason: null },
    ]);
    const notes = await owner`
      select note as text from hand_over where room_id = ${last}
      union all select text from report where room_id = ${last}`;
    expect(notes.map(({ text }) => text)).toEqual(['', '']);
  });

  it('takes the name of a host from what they did, not what they did', async () => {
    const [row] = await base.db.sql`select ref from member where id = 'ann'`;
    for (const other of await base.db.sql`select id from room where status = 'live'`) {
      await endRoom(base.db, other.id, 'platform:test');
    }
    await approveErasure(eraser.sql, { id: await ask(lead, 'ann'), by: admin });
    const { rows } = await readAuditList(base.db, { actor: `member:${row?.ref}`, room });
    expect(rows).toHaveLength(1);
    const [removed] = rows;
    expect(removed).toMatchObject({ action: 'participant.removed', actorName: null });
    const fields = (await readFields(base.db.sql, [removed?.id ?? ''])).get(removed?.id ?? '');
    expect(fields?.find(({ name }) => name === 'actor_name')).toMatchObject({ value: null });
    const acts = await owner`select actor_name from command where room_id = ${room} order by at`;
    expect(acts.map(({ actor_name }) => actor_name)).toContain('');
    await expectSound();
  });

  it('waits for reports about and by the person, and for the end of their rooms', async () => {
    const live = await openRoomWith(base.db, { [member]: 'speaker', bob: 'listener', ann: 'host' });
    const id = await ask();
    const approve = () => approveErasure(eraser.sql, { id, by: admin });
    expect(await approve()).toEqual({ ok: false, reason: 'in_live_room' });
    const report = { name: 'report', member, category: 'hate', text: 'as heard' };
    expect(await act(base.db, moderating, live, report)).toMatchObject({ ok: true });
    await endRoom(base.db, live, 'platform:test');
    expect(await approve()).toEqual({ ok: false, reason: 'held' });
    await owner`alter table report disable trigger on_record_update`;
    await owner`update report set closed_at = now() where room_id = ${live}`;
    await owner`alter table report enable always trigger on_record_update`;
    expect(await approve()).toMatchObject({ ok: true });
    const [closed] = await owner`select text from report where room_id = ${live}`;
    expect(closed?.text).toBe('');
    await expectSound();
  });

  it('opens nothing of what it took, not for a ticket of before either', async () => {
    const filed = {
      reportId: randomUUID(),
      room,
      reporter: ref,
      subject: `member:${randomUUID()}`,
    };
    const what = { category: 'hate', words: { text: '' }, pins: false, at: Date.now() };
    const [event = ''] = await base.db.begin((tx) =>
      appendAudit(tx, reportEntries({ ...filed, ...what })),
    );
    const request = { event, fields: ['reporter'], purpose: 'audit', why: 'to see' };
    const { actor } = await addOperator(base.db, ['auditor']);
    const ticket = await requestAccess(base.db, actor, request);
    await approveErasure(eraser.sql, { id: await ask(), by: admin });
    const erased = { ok: false, reason: 'erased' };
    expect(await reveal(base.db, actor, ticket.ok && ticket.access)).toEqual(erased);
    expect(await requestAccess(base.db, actor, request)).toEqual(erased);
  });

  it('also finds a room that was purged', async () => {
    await owner`update enforcement set state = 'observed'`;
    await purgeEnded(base.db, Date.now() + 3 * 86_400_000, 0);
    expect(await approveErasure(eraser.sql, { id: await ask(), by: admin })).toMatchObject({
      ok: true,
    });
    await expectNoLink(true);
  });
});

describe('an erasure is refused', () => {
  it('to anyone but leads and admins, and for nobody', async () => {
    const forbidden = { ok: false, reason: 'forbidden' };
    const input = { member, basis: 'Art. 17', by: moderator };
    expect(await requestErasure(eraser.sql, input)).toEqual(forbidden);
    expect(await requestErasure(eraser.sql, { ...input, by: randomUUID() })).toEqual(forbidden);
    expect(await approveErasure(eraser.sql, { id: await ask(), by: moderator })).toEqual(forbidden);
    expect(await requestErasure(eraser.sql, { ...input, by: lead, basis: ' ' })).toEqual({
      ok: false,
      reason: 'invalid',
    });
    expect(await requestErasure(eraser.sql, { ...input, by: lead, member: 'nobody' })).toEqual({
      ok: false,
      reason: 'member_not_found',
    });
    expect(await approveErasure(eraser.sql, { id: randomUUID(), by: lead })).toEqual({
      ok: false,
      reason: 'not_found',
    });
  });

  it('when another request erased them before', async () => {
    const [first, second] = [await ask(), await ask(admin)];
    expect(await approveErasure(eraser.sql, { id: first, by: admin })).toMatchObject({ ok: true });
    expect(await approveErasure(eraser.sql, { id: second, by: lead })).toEqual({
      ok: false,
      reason: 'not_found',
    });
  });

  it('once when two approve at once', async () => {
    const id = await ask();
    const [third] = [(await addOperator(base.db, ['lead'])).actor as { id: string }];
    const both = await Promise.all(
      [admin, third.id].map((by) => approveErasure(eraser.sql, { id, by })),
    );
    expect(both.map((one) => one.ok && one.again).sort()).toEqual([false, true]);
  });
});
