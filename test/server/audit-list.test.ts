import { beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { addOperator } from '#server/auth/operators.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
let ada = '';

beforeAll(async () => {
  const operator = { name: 'Ada 100%', roles: ['lead'] as const, minutes: 5 };
  const added = await addOperator(base.db, 'system', operator);
  ada = added.ok ? `operator:${added.id}` : '';
  await buildApp(base.db).open({ id: 'tea', title: 'Tea', language: 'en' }, 'platform:main');
  await base.db.sql.begin((tx) =>
    appendAudit(
      tx,
      Array.from({ length: 120 }, (_, i) => ({
        action: i % 2 ? 'test.made' : 'test.tried',
        outcome: i % 2 ? ('accepted' as const) : ('refused' as const),
        occurred_at: Date.now(),
        actor: ada,
        room: 'tea',
        target: 'room:tea',
        target_type: 'room',
      })),
    ),
  );
});

describe('the audit list', () => {
  it('pages through everything, newest first, each once', async () => {
    const seen: string[] = [];
    let before: string | undefined;
    let pages = 0;
    do {
      const page = await readAuditList(base.db, before === undefined ? {} : { before });
      seen.push(...page.rows.map(({ id }) => id));
      before = page.next ?? undefined;
      pages++;
    } while (before !== undefined);
    expect(pages).toBe(3);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual([...seen].sort().reverse());
    const [row] = await base.db.sql`select count(*) from audit.event`;
    expect(seen).toHaveLength(row?.count);
  });

  it('names those it can, and links what belongs together', async () => {
    const [row] = (await readAuditList(base.db, { action: 'test' })).rows;
    expect(row).toMatchObject({
      actorRef: ada,
      actorName: 'Ada 100%',
      targetRef: 'room:tea',
      targetName: 'Tea',
      room: 'tea',
    });
    const [opened] = (await readAuditList(base.db, { action: 'room.opened' })).rows;
    expect(opened).toMatchObject({ actorRef: 'platform:main', actorName: null });
  });

  it('narrows by action, outcome, room and actor', async () => {
    const count = async (query: Parameters<typeof readAuditList>[1]) =>
      (await readAuditList(base.db, query)).rows.length;
    expect(await count({ action: 'test.made' })).toBe(50);
    expect(await count({ action: 'tes' })).toBe(0);
    const refused = await readAuditList(base.db, { outcome: 'refused' });
    expect(new Set(refused.rows.map(({ action }) => action))).toEqual(new Set(['test.tried']));
    expect(await count({ room: 'nowhere' })).toBe(0);
    expect(await count({ actor: 'ada 100%' })).toBe(50);
    expect(await count({ actor: 'ada 1%0' })).toBe(0);
    expect(await count({ actor: 'system' })).toBe(2);
    expect(await count({ before: 'not an id' })).toBe(0);
  });
});
