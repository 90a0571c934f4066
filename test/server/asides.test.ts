import { expect, it } from 'vitest';
import type { Db } from '#db/client.ts';
import { openAsides } from '#server/realtime/asides.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { act, addOperator, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();

/** The database, counting the reads of hand-overs: each aside needs one. */
function counting(): { db: Db; reads: () => number } {
  let reads = 0;
  const orm = new Proxy(base.db.orm, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'select') return value;
      return (...fields: unknown[]) => {
        reads++;
        return Reflect.apply(value as never, target, fields);
      };
    },
  });
  return { db: { ...base.db, orm }, reads: () => reads };
}

it('answers 200 watchers who ask together with one read, each with their own acts', async () => {
  const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker' });
  const { actor, id } = await addOperator(base.db, ['moderator']);
  await act(base.db, actor, room, { name: 'mute', member: 'bob' });
  await act(base.db, actor, room, { name: 'report', member: 'bob', category: 'hate', text: 'x' });
  const { db, reads } = counting();
  const asides = openAsides(db);
  const host = { actor: { kind: 'member', id: 'ann', room } as const, ref: 'member:ann' };
  const mine = { actor, ref: `operator:${id}` };

  const alone = await asides(mine, room);
  const once = reads();
  const rest = await Promise.all(Array.from({ length: 200 }, () => asides(host, room)));

  expect(reads()).toBe(2 * once);
  expect(alone.commands.map(({ name, mine }) => [name, mine])).toEqual([
    ['report', true],
    ['mute', true],
  ]);
  expect(alone.reports).toEqual([{ memberId: 'bob', open: 1 }]);
  for (const { commands, reports } of rest) {
    expect(commands.map(({ name, mine }) => [name, mine])).toEqual([['mute', false]]);
    expect(commands[0]).not.toHaveProperty('actorRef');
    expect(reports).toEqual([]);
  }
});

it('never answers with what is older than the question', async () => {
  const room = await openRoomWith(base.db, { ann: 'host', bob: 'speaker' });
  const { actor, id } = await addOperator(base.db, ['moderator']);
  const asides = openAsides(base.db);
  for (let acts = 1; acts <= 3; acts++) {
    const name = acts % 2 ? 'mute' : 'allow_to_speak';
    expect(await act(base.db, actor, room, { name, member: 'bob' })).toMatchObject({ ok: true });
    const { commands } = await asides({ actor, ref: `operator:${id}` }, room);
    expect(commands).toHaveLength(acts);
  }
});
