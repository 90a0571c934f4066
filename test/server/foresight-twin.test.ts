import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { record } from '#app/domain/rooms/fold.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import type { Role } from '#app/domain/rooms/state.ts';
import { buildApp } from '#server/app.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { execute } from '#server/rooms/execute.ts';
import { ingest, type Presence } from '#server/rooms/ingest.ts';
import { openRoom } from '#server/rooms/open-and-end.ts';
import { transact } from '#server/rooms/transact.ts';
import { publishClauses } from '#test/support/policies.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator, asOwner, commandFor, joining } from '#test/support/rooms.ts';
import { foldStored, readStoredRoom } from '#test/support/stored-room.ts';

const base = useDatabase();

const LIMITS = { destructivePerMinute: 2 };
const PEOPLE: Record<string, Role> = {
  host: 'host',
  mod: 'moderator',
  bob: 'speaker',
  eve: 'speaker',
  lee: 'listener',
};
const NAMES = Object.keys(PEOPLE);

type Fields = Record<string, unknown>;
type Step =
  | { kind: 'act'; by: string; unseen: boolean; fields: Fields }
  | { kind: 'again'; which: number }
  | { kind: 'undo'; which: number }
  | { kind: 'enter'; member: string; unseen: boolean; what: Presence['what'] | 'join' }
  | { kind: 'observed'; member: string }
  | { kind: 'roles'; roles: string[] };

const member = fc.constantFrom(...NAMES, 'kim');
const policy = fc.constantFrom({}, {}, { policy: 'conduct' }, { policy: 'unheard-of' });
const fields: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ member, policy }).map(({ member, policy }) => ({ name: 'mute', member, ...policy })),
  fc.record({ name: fc.constantFrom('allow_to_speak', 'readmit', 'lower_hand'), member }),
  fc.record({ name: fc.constant('remove'), member, minutes: fc.constantFrom(1, 10) }),
  member.map((one) => ({ name: 'remove', member: one })),
  fc.record({
    name: fc.constant('promote'),
    member,
    to: fc.constantFrom('speaker', 'moderator'),
  }),
  fc.record({ name: fc.constant('demote'), member, to: fc.constantFrom('listener', 'speaker') }),
  fc.constantFrom<Fields>({ name: 'lock_room' }, { name: 'unlock_room' }, { name: 'clear_hands' }),
  member.map((one) => ({ name: 'report', member: one, category: 'harassment' })),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      by: fc.constantFrom('lead', 'lead', 'lead', 'host', 'mod', 'bob', 'nobody'),
      unseen: fc.constantFrom(false, false, false, true),
      fields,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), which: fc.nat(40) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('enter' as const),
      member,
      unseen: fc.boolean(),
      what: fc.constantFrom<Extract<Step, { kind: 'enter' }>['what']>(
        'join',
        { kind: 'leave', goodbye: true },
        { kind: 'leave', goodbye: false },
        { kind: 'raise_hand' },
        { kind: 'mic', on: true },
        { kind: 'floor', holding: true },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('observed' as const), member }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('roles' as const),
      roles: fc.constantFrom('lead', 'lead', 'moderator', 'auditor').map((role) => [role]),
    }),
  },
);

interface World {
  take(step: Step): Promise<unknown>;
  left(): Promise<unknown>;
  counts(): { foreseen: number; missed: number };
}

/** A room with people and an operator of its own; `ahead`: acted on by an app with foresight. */
async function openWorld(ahead: boolean): Promise<World> {
  const app = buildApp(base.db, { limits: LIMITS, foresight: { doubtMs: 0 }, gatherMs: 0 });
  const lead = await addOperator(base.db, ['lead']);
  const own = lead.id.slice(0, 8);
  const room = `room-${own}`;
  const idOf = (name: string) => `${name}-${own}`;
  const opening = { id: room, title: 'Evening talk', language: 'en' };
  const arrivals = NAMES.map((name) => joining(idOf(name), PEOPLE[name]));
  if (ahead) {
    await app.open(opening, 'platform:test');
    await app.enterMany(room, arrivals);
  } else {
    await openRoom(base.db, opening, 'platform:test');
    await ingest(base.db, room, arrivals);
  }
  const said: { actor: Actor; command: { id: string }; unseen: boolean }[] = [];

  function actorOf(by: string): Actor {
    if (by === 'lead') return lead.actor;
    if (by === 'nobody') return { kind: 'operator', id: '00000000-0000-4000-8000-000000000000' };
    return { kind: 'member', id: idOf(by), room };
  }

  async function act(actor: Actor, command: { id: string }, unseen: boolean) {
    const answer: ActAnswer =
      ahead && !unseen
        ? await app.act(actor, command)
        : (await execute(base.db, actor, command, LIMITS)).answer;
    return { ...answer, commandId: undefined };
  }

  function say(actor: Actor, fields: Fields, unseen: boolean) {
    const named = 'member' in fields ? { member: idOf(String(fields.member)) } : {};
    const command = commandFor(room, { ...fields, ...named });
    said.push({ actor, command, unseen });
    return act(actor, command, unseen);
  }

  async function enter(name: string, what: Presence['what'] | 'join', unseen: boolean) {
    const id = idOf(name);
    const item = what === 'join' ? joining(id) : { member: id, actor: 'platform:test', what };
    if (ahead && !unseen) return app.enter(room, item);
    return (await ingest(base.db, room, [item])).answers[0];
  }

  /** What the enforcement worker writes when it has succeeded, told to nobody. */
  async function observe(name: string) {
    await transact(base.db, room, [idOf(name)], async (draft, tx) => {
      const done = await tx`
        update enforcement set state = 'observed'
        where room_id = ${room} and member_id = ${idOf(name)} and state = 'requested'`;
      const body = { type: 'enforcement.changed', member: idOf(name), state: 'observed' } as const;
      if (done.count > 0) record(draft, [body], Date.now(), null);
      return [];
    });
  }

  async function giveRoles(roles: string[]) {
    const entry: AuditEntry = {
      action: 'operator.roles_changed',
      outcome: 'accepted',
      occurred_at: Date.now(),
      actor: 'system',
      target_type: 'operator',
      target: `operator:${lead.id}`,
    };
    await base.db.begin(async (tx) => {
      await appendAudit(tx, [entry]);
      await tx`update operator set roles = ${roles} where id = ${lead.id}`;
    });
  }

  async function left() {
    const stored = await readStoredRoom(base.db.sql, room);
    expect(foldStored(stored)).toEqual({ room: stored.room, people: stored.people });
    const refs = await base.db.sql<{ id: string; ref: string }[]>`
      select id, ref from member where id like ${`%-${own}`}`;
    const asked = await base.db.sql`
      select member_id, command_id, seq, state, requested_at from enforcement
      where room_id = ${room} order by seq, member_id`;
    const commands = await base.db.sql`
      select id, actor_ref, actor_name, name, member_id, input, from_seq, to_seq, destructive,
        undone_by, at
      from command where room_id = ${room} order by audit_event_id`;
    const news = await base.db.sql`
      select prior_acts, id from member where id like ${`%-${own}`} order by id`;
    const logged = await asOwner(
      base.ownerUrl,
      (sql) => sql`
        select e.action, e.outcome, e.actor_ref, e.target_ref, e.correlation_id,
          e.reverses_id is not null as reverses, e.parent_id is not null as has_parent,
          (select jsonb_object_agg(d.name, d.value::jsonb) from audit.disclosure d
            where d.event_id = e.event_id and d.name <> 'event') as fields
        from audit.event e where e.room_ref = ${room} and e.action <> 'room.opened'
        order by e.event_id`,
    );
    let text = JSON.stringify(
      { ...stored, people: [...stored.people.values()].sort(byId), asked, commands, news, logged },
      (_, value) => (typeof value === 'number' && value > 1e12 ? 'then' : value),
    );
    for (const { id, ref } of refs) text = text.replaceAll(ref, `ref of ${id}`);
    for (const [i, { command }] of said.entries()) text = text.replaceAll(command.id, `said ${i}`);
    text = text.replaceAll(lead.id, 'lead').replaceAll(lead.name, 'lead').replaceAll(own, 'own');
    return JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then'));
  }

  return {
    take(step) {
      switch (step.kind) {
        case 'act':
          return say(actorOf(step.by), step.fields, step.unseen);
        case 'again': {
          const before = said[step.which % Math.max(said.length, 1)];
          return before ? act(before.actor, before.command, false) : Promise.resolve(null);
        }
        case 'undo': {
          const before = said[step.which % Math.max(said.length, 1)];
          const fields = { name: 'undo', command: before?.command.id ?? randomUUID() };
          return say(lead.actor, fields, false);
        }
        case 'enter':
          return enter(step.member, step.what, step.unseen);
        case 'observed':
          return observe(step.member);
        case 'roles':
          return giveRoles(step.roles);
      }
    },
    left,
    counts: app.foresightCounts,
  };
}

const byId = (a: { memberId: string }, b: { memberId: string }) =>
  a.memberId < b.memberId ? -1 : 1;

describe('any sequence of acts, presence and changes made elsewhere', () => {
  it('leaves and answers with foresight what it does without', async () => {
    await publishClauses(base.db, 'conduct');
    const total = { foreseen: 0, missed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const [ahead, plain] = await Promise.all([openWorld(true), openWorld(false)]);
        for (const [i, one] of steps.entries()) {
          const answers = await Promise.all([ahead.take(one), plain.take(one)]);
          expect({ i, answer: answers[0] }).toEqual({ i, answer: answers[1] });
        }
        expect(await ahead.left()).toEqual(await plain.left());
        const { foreseen, missed } = ahead.counts();
        total.foreseen += foreseen;
        total.missed += missed;
      }),
      { numRuns: Number(process.env.TWIN_RUNS ?? 20) },
    );
    expect(total.missed).toBeGreaterThan(0);
    expect(total.foreseen - total.missed).toBeGreaterThan(20);
  });
});
