import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { ForesightOptions } from '#server/rooms/foresight.ts';
import { endRoom } from '#server/rooms/open-and-end.ts';
import { publishClauses } from '#test/support/policies.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, joining } from '#test/support/rooms.ts';
import { readStoredRoom } from '#test/support/stored-room.ts';

const base = useDatabase();

/** An app that has seen bob and eve come in, and an operator whom it knows. */
async function knowing(foresight: ForesightOptions) {
  const app = buildApp(base.db, { foresight });
  const { actor, id: operator } = await addOperator(base.db, ['lead']);
  const room = `room-${operator.slice(0, 8)}`;
  await app.open({ id: room, title: 'Evening talk', language: 'en' }, 'platform:test');
  await app.enterMany(room, [joining('bob', 'speaker'), joining('eve', 'speaker')]);
  const say = (fields: Record<string, unknown>) => app.act(actor, commandFor(room, fields));
  await say({ name: 'lower_hand', member: 'bob' });
  return { app, actor, operator, room, say };
}

describe('what a process remembers', () => {
  it('is gone after its time, whatever became of the room elsewhere, names of actors too', async () => {
    const { app, room, say } = await knowing({ keepMs: 300, doubtMs: 0 });
    expect(app.foresightCounts()).toMatchObject({ people: 2, rooms: 1, actors: 1 });
    await endRoom(base.db, room, 'platform:test');
    const now = () => app.foresightCounts();
    await expect.poll(now).toMatchObject({ people: 0, rooms: 0, actors: 0 });
    // And again: the next thing remembered is forgotten too.
    await say({ name: 'lower_hand', member: 'bob' });
    expect(now()).toMatchObject({ rooms: 0, actors: 1 });
    await expect.poll(now).toMatchObject({ actors: 0 });
  });

  it('counts rooms in which nobody is: many are opened here and ended elsewhere', async () => {
    const app = buildApp(base.db, { foresight: { people: 4 } });
    for (let i = 0; i < 7; i++) {
      await app.open({ id: `empty-${i}`, title: 'Nobody', language: 'en' }, 'platform:test');
    }
    expect(app.foresightCounts()).toMatchObject({ people: 0, rooms: 4 });
  });

  it('is set right by a miss: an operator whose roles were changed is foreseen again', async () => {
    const { app, operator, say } = await knowing({ doubtMs: 20 });
    await base.db.begin(async (tx) => {
      await appendAudit(tx, [
        {
          action: 'operator.roles_changed',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: 'system',
          target_type: 'operator',
          target: `operator:${operator}`,
        },
      ]);
      await tx`update operator set roles = '{moderator}' where id = ${operator}`;
    });
    for (const name of ['mute', 'allow_to_speak', 'mute', 'allow_to_speak']) {
      expect(await say({ name, member: 'bob' })).toMatchObject({ ok: true });
      await sleep(40);
    }
    expect(app.foresightCounts()).toMatchObject({ foreseen: 4, missed: 1 });
  });

  it('is set right by a miss: a policy published elsewhere is foreseen from then on', async () => {
    await publishClauses(base.db, 'conduct');
    const { app, say } = await knowing({ doubtMs: 20 });
    await say({ name: 'mute', member: 'nobody', policy: 'conduct' });
    await publishClauses(base.db, 'conduct', 'spam');
    for (const name of ['mute', 'allow_to_speak', 'mute', 'allow_to_speak']) {
      const policy = name === 'mute' ? { policy: 'conduct' } : {};
      expect(await say({ name, member: 'bob', ...policy })).toMatchObject({ ok: true });
      await sleep(40);
    }
    expect(app.foresightCounts()).toMatchObject({ foreseen: 4, missed: 1 });
  });
});

describe('a room that somebody holds locked, and leaves as it was', () => {
  it('is acted on as of when it was let go', async () => {
    const { app, room, say } = await knowing({ doubtMs: 0 });
    const holder = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
    let letGo = 0;
    const held = holder.begin(async (tx) => {
      await tx`select from room where id = ${room} for update`;
      await sleep(1_300);
      letGo = Date.now();
    });
    await sleep(100);
    expect(await say({ name: 'remove', member: 'bob', minutes: 1 })).toMatchObject({ ok: true });
    await held;
    await holder.end();
    const { events, people } = await readStoredRoom(base.db.sql, room);
    expect(events.at(-1)?.at).toBeGreaterThanOrEqual(letGo);
    expect(people.get('bob')?.removal?.until).toBeGreaterThanOrEqual(letGo + 60_000);
    expect(app.foresightCounts()).toMatchObject({ foreseen: 1, missed: 1 });
  });
});
