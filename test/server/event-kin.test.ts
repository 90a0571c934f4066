import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { readEvent } from '#server/audit/read-event.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
let lock: string;
let reversals: string[];

const append = (entries: Partial<AuditEntry>[]) =>
  base.db.begin((tx) =>
    appendAudit(
      tx,
      entries.map((entry) => ({
        action: 'room.unlocked',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor: 'operator:7',
        ...entry,
      })),
    ),
  );

beforeAll(async () => {
  [lock = ''] = await append([{ action: 'room.locked' }]);
  reversals = await append(Array.from({ length: 70 }, () => ({ reverses: lock })));
});

describe('what takes an event back', () => {
  it('is shown from the newest on, with how many there are', async () => {
    const event = await readEvent(base.db, lock);
    expect(event?.reversedBy).toMatchObject({ count: 70, isMore: false });
    const shown = event?.reversedBy.rows.map(({ id }) => id);
    expect(shown).toEqual(reversals.toReversed().slice(0, 20));
  });

  it('is found whole in the log', async () => {
    const first = await readAuditList(base.db, { reverses: lock });
    const second = await readAuditList(base.db, { reverses: lock, before: first.next ?? '' });
    const found = [...first.rows, ...second.rows].map(({ id }) => id);
    expect([found, second.next]).toEqual([reversals.toReversed(), null]);
    expect((await readAuditList(base.db, { reverses: randomUUID() })).rows).toEqual([]);
    expect((await readAuditList(base.db, { reverses: 'nothing' })).rows).toEqual([]);
  });

  it('is said to be as many or more once it is not counted any further', async () => {
    await append(Array.from({ length: 1_000 }, () => ({ reverses: lock })));
    // Of those that wait to be listed, only the nearest are looked at.
    expect((await readEvent(base.db, lock))?.reversedBy).toMatchObject({ isMore: true });
    const sequencer = sequencerOptions(base);
    await sequenceAll(sequencer);
    await sequencer.db.sql`select audit.list_new(10000)`;
    const event = await readEvent(base.db, lock);
    expect(event?.reversedBy).toMatchObject({ count: 1_000, isMore: true });
    expect(event?.reversedBy.rows).toHaveLength(20);
  });
});

it('the parts of an event are shown from the first on, and found whole in the log', async () => {
  const [calm = '', ...parts] = await append([
    { action: 'room.calmed' },
    ...Array.from({ length: 230 }, () => ({ action: 'participant.muted', parent: 0 })),
  ]);
  const { children } = (await readEvent(base.db, calm)) ?? {};
  expect(children).toMatchObject({ count: 230, isMore: false });
  expect(children?.rows.map(({ id }) => id)).toEqual(parts.slice(0, 200));
  const page = await readAuditList(base.db, { parent: calm });
  expect(page.rows.map(({ id }) => id)).toEqual(parts.toReversed().slice(0, 50));
});
