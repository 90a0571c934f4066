import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { appendAudit } from '#server/audit/entry.ts';
import { type EventFilter, findEvents } from '#server/audit/find-events.ts';
import { readEvent } from '#server/audit/read-event.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { openSequencer, sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { listNew } from '#test/support/list-new.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import {
  appendManyEvents,
  listManyEvents,
  memberRef,
  operatorRef,
} from '#test/support/many-events.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
let owner: postgres.Sql;

interface Row {
  event_id: string;
  action: string;
  outcome: string;
  actor_ref: string;
  target_ref: string | null;
  room_ref: string | null;
  case_ref: string | null;
  parent_id: string | null;
  reverses_id: string | null;
  reason: string;
}
let all: Row[] = [];

const list = (most: number) => listNew(base, most);

beforeAll(async () => {
  owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  const options = { members: 40, rooms: 12 };
  const now = Date.now();
  await appendManyEvents(base.ownerUrl, 2_600, { ...options, since: now - 80_000_000 });
});
afterAll(() => owner.end());

async function readAll(): Promise<Row[]> {
  return owner<Row[]>`
    select e.*, d.value::jsonb #>> '{}' as reason from audit.event e
    join audit.disclosure d on d.event_id = e.event_id and d.name = 'reason'
    order by e.event_id desc`;
}

const wordsIn = (text: string) => text.toLowerCase().split(/[^a-z0-9]+/);
const sealed = (row: Row) => row.action.startsWith('report.') || row.action === 'command.report';

function matches(filter: EventFilter, row: Row): boolean {
  const { actors, targets, room, action, words, parent, reverses } = filter;
  return (
    (!actors || actors.includes(row.actor_ref)) &&
    (!targets || targets.includes(row.target_ref ?? '')) &&
    (room === undefined || row.room_ref === room) &&
    (filter.case === undefined || row.case_ref === filter.case) &&
    (filter.outcome === undefined || row.outcome === filter.outcome) &&
    (action === undefined || row.action === action || row.action.startsWith(`${action}.`)) &&
    (words === undefined ||
      (!sealed(row) && wordsIn(words).every((word) => wordsIn(row.reason).includes(word)))) &&
    (parent === undefined || row.parent_id === parent) &&
    (reverses === undefined || row.reverses_id === reverses)
  );
}

const FILTERS: EventFilter[] = [
  {},
  { actors: [operatorRef(0)] },
  { actors: [operatorRef(1), operatorRef(2), memberRef(3)], outcome: 'accepted' },
  { actors: ['nobody'] },
  { targets: [memberRef(5)] },
  { targets: [memberRef(5), 'room:room-1'], words: 'twice' },
  { room: 'room-0' },
  { room: 'room-0', actors: [operatorRef(0)], action: 'participant' },
  { case: 'case-3' },
  { action: 'participant.muted' },
  { action: 'participant' },
  { action: 'part' },
  { action: 'room.calmed', outcome: 'accepted' },
  { outcome: 'refused' },
  { outcome: 'refused', room: 'room-1', words: 'again' },
  { words: 'music speaker' },
  { words: 'ticket1050' },
  { words: 'TICKET1050, twice' },
  { words: 'never said' },
];

/** All of a filter, by its pages of 300. */
async function walk(filter: EventFilter, forwards: boolean): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const stretch = forwards ? { since: cursor, forwards } : { before: cursor };
    const { events, lookedUpTo } = await findEvents(base.db.sql, filter, stretch, 300);
    seen.push(...events.map(({ id }) => id));
    if (lookedUpTo === null && events.length < 300) return seen;
    cursor = events.length < 300 ? (lookedUpTo ?? undefined) : events.at(-1)?.id;
  }
}

async function expectAllFound() {
  for (const filter of FILTERS) {
    const wanted = all.filter((row) => matches(filter, row)).map(({ event_id }) => event_id);
    expect(await walk(filter, false), JSON.stringify(filter)).toEqual(wanted);
    expect(await walk(filter, true), JSON.stringify(filter)).toEqual(wanted.toReversed());
  }
}

describe('the listing', () => {
  it('finds what nobody has sequenced or listed yet', async () => {
    all = await readAll();
    expect(all).toHaveLength(2_600);
    await expectAllFound();
  }, 60_000);

  it('finds each event once while it moves from the outbox into the tree and the listing', async () => {
    const sequencer = sequencerOptions(base);
    await sequenceAll(sequencer);
    await expectAllFound();
    expect(await list(2_000)).toBe(2_000);
    await appendManyEvents(base.ownerUrl, 400, {
      members: 40,
      rooms: 12,
      since: Date.now() - 9_000,
    });
    all = await readAll();
    await expectAllFound();
    await sequenceAll(sequencer);
    expect(await list(2_000)).toBe(1_000);
    expect(await list(2_000)).toBe(0);
    await expectAllFound();
    const listed = await owner`
      select l.leaf_index, l.event_id from audit.listing x join audit.leaf l using (leaf_index, event_id)`;
    expect(listed).toHaveLength(3_000);
  }, 60_000);

  it('is the same filled at once as bit by bit', async () => {
    const before = await owner`select * from audit.listing order by event_id`;
    const words = await owner`select * from audit.word order by word`;
    await owner`truncate audit.listing, audit.word`;
    await listManyEvents(base.ownerUrl);
    expect([...(await owner`select * from audit.listing order by event_id`)]).toEqual([...before]);
    expect([...(await owner`select * from audit.word order by word`)]).toEqual([...words]);
    await expectAllFound();
  });

  it('follows a parent to its children and an act to what takes it back', async () => {
    const child = all.find(({ parent_id }) => parent_id !== null);
    const parent = await readEvent(base.db, child?.parent_id ?? '');
    expect(parent?.action).toBe('room.calmed');
    expect(parent?.children).toMatchObject({ count: 5, isMore: false });
    expect(parent?.children.rows.map(({ id }) => id)).toContain(child?.event_id);
    expect(await readEvent(base.db, child?.event_id ?? '')).toMatchObject({
      parent: { id: parent?.id },
    });
    const undo = all.findLast(({ reverses_id }) => reverses_id !== null);
    const undone = await readEvent(base.db, undo?.reverses_id ?? '');
    expect(undone?.reversedBy.rows.map(({ id }) => id)).toEqual([undo?.event_id]);
    expect(undone).toMatchObject({ index: expect.any(Number), checkpoint: { size: 2_600 } });
    expect(await readEvent(base.db, '00000000-0000-7000-8000-000000000000')).toBeNull();
    expect(await readEvent(base.db, 'x')).toBeNull();
  });

  it('pages to older and newer events, and ends newer ones with the newest page', async () => {
    const first = await readAuditList(base.db, {});
    const second = await readAuditList(base.db, { before: first.next ?? '' });
    const third = await readAuditList(base.db, { before: second.next ?? '' });
    expect(first.previous).toBeNull();
    expect(await readAuditList(base.db, { after: third.previous ?? '' })).toMatchObject({
      rows: second.rows,
      next: second.next,
    });
    expect((await readAuditList(base.db, { after: second.previous ?? '' })).rows).toEqual(
      first.rows,
    );
  });
});

describe('the listing, by people and times', () => {
  const count = async (query: Parameters<typeof readAuditList>[1]) =>
    (await readAuditList(base.db, query)).rows.length;

  it('finds people by id, reference, handle and the beginnings of their names', async () => {
    const [one] = await base.db.sql`select id, ref, name from member where id = 'm4'`;
    const wanted = await readAuditList(base.db, { subject: `member:${one?.ref}` });
    expect(wanted.rows.length).toBeGreaterThan(5);
    for (const subject of ['m4', 'handle4', 'HANDLE4', '张伟4', '张伟']) {
      const found = await readAuditList(base.db, { subject });
      expect(
        found.rows.map(({ targetName }) => targetName),
        subject,
      ).toContain(one?.name);
    }
    expect(await readAuditList(base.db, { subject: 'm4' })).toEqual(wanted);
    expect((await readAuditList(base.db, { actor: 'kaya' })).rows[0]?.actorName).toContain('Kaya');
    expect((await readAuditList(base.db, { actor: 'ئايگۈل' })).rows[0]?.actorName).toContain(
      'ئايگۈل',
    );
    for (const actor of ['nobody at all', "'", "a' | 'b:*", '\\', ' ', '\0', '%', '伟伟']) {
      expect(await count({ actor }), actor).toBe(0);
    }
  });

  it('keeps within times', async () => {
    const [from, to] = [all[2_000], all[500]].map((row) => row?.event_id ?? '');
    const at = (id: string) => new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16));
    const between = { from: at(from ?? '').toISOString(), to: at(to ?? '').toISOString() };
    const newest = await readAuditList(base.db, between);
    expect(newest.rows[0]?.id).toBe(all[501]?.event_id);
    expect(await count({ from: new Date(Date.now() + 1_000).toISOString() })).toBe(0);
    expect(await count({ to: '2000-01-01T00:00:00Z' })).toBe(0);
    expect(await count({ to: 'yesterday' })).toBe(0);
  });

  it('shows reasons, those of reports excepted', async () => {
    const { rows } = await readAuditList(base.db, {});
    for (const row of rows) {
      if (row.action === 'report.filed') expect(row.reason).toBeNull();
      else expect(row.reason).toBe(all.find((one) => one.event_id === row.id)?.reason);
    }
    expect(await count({ action: 'report.filed' })).toBeGreaterThan(0);
    expect(await count({ action: 'report.filed', words: 'twice' })).toBe(0);
  });
});

describe('a sequencer', () => {
  const own = useDatabase();

  it('lists what it has sequenced', async () => {
    const running = openSequencer({ ...sequencerOptions(own), everyMs: 20 });
    onTestFinished(() => running.stop());
    const [id] = await own.db.begin((tx) =>
      appendAudit(tx, [
        { action: 'test.listed', outcome: 'accepted', occurred_at: Date.now(), actor: 'system' },
      ]),
    );
    const isListed = async () =>
      asOwner(
        own,
        async (sql) => (await sql`select from audit.listing where event_id = ${id ?? ''}`).length,
      );
    await expect.poll(isListed).toBe(1);
  });
});
