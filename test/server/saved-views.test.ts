import { beforeAll, expect, it } from 'vitest';
import { deleteView, listViews, saveView } from '#server/audit/saved-views.ts';
import { addOperator } from '#server/auth/operators.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
const ids: string[] = [];

beforeAll(async () => {
  for (const name of ['Ada', 'Bo']) {
    const added = await addOperator(base.db, 'system', { name, roles: ['lead'], minutes: 5 });
    ids.push(added.ok ? added.id : '');
  }
});

const ofAda = () => listViews(base.db, ids[0] as string);
const ofBo = () => listViews(base.db, ids[1] as string);

it('shows a view to its maker, and to the team when shared', async () => {
  const [ada = ''] = ids;
  expect(await saveView(base.db, ada, { name: ' Mine ', isTeam: false, search: 'room=tea' })).toBe(
    true,
  );
  expect(await saveView(base.db, ada, { name: 'Ours', isTeam: true, search: '' })).toBe(true);
  expect(await ofAda()).toMatchObject([
    { name: 'Mine', isTeam: false, isMine: true, by: 'Ada', search: 'room=tea' },
    { name: 'Ours', isTeam: true, isMine: true },
  ]);
  expect(await ofBo()).toMatchObject([{ name: 'Ours', isMine: false, by: 'Ada' }]);
});

it('keeps none without a name, or with one that no database holds', async () => {
  const [ada = ''] = ids;
  for (const name of ['', '  ', 'x'.repeat(61), 'a\0b']) {
    expect(await saveView(base.db, ada, { name, isTeam: false, search: '' })).toBe(false);
  }
});

it('is deleted by its maker alone, and both are on the record', async () => {
  const [ada = '', bo = ''] = ids;
  const shared = (await ofBo())[0]?.id ?? '';
  expect(await deleteView(base.db, bo, shared)).toBe(false);
  expect(await deleteView(base.db, ada, shared)).toBe(true);
  expect(await deleteView(base.db, ada, 'no id')).toBe(false);
  expect(await ofBo()).toEqual([]);
  const events = await base.db.sql`
    select action from audit.event where target_ref = ${`saved_view:${shared}`} order by event_id`;
  expect(events.map(({ action }) => action)).toEqual(['saved_view.made', 'saved_view.deleted']);
});

it('is refused by the database without an event', async () => {
  const made = base.db.sql`
    insert into saved_view (id, screen, operator_id, name, is_team, search)
    values (gen_random_uuid(), 'log', ${ids[0] as string}, 'Quiet', true, '')`;
  await expect(made).rejects.toThrow('without an audit event');
});
