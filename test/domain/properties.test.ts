import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { decide, type Situation } from '#app/domain/rooms/decide.ts';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { countsOf, evolve } from '#app/domain/rooms/evolve.ts';
import { type Draft, draftOf, record, settle } from '#app/domain/rooms/fold.ts';
import { decodeCard, decodeFrame, encodeCard, encodeFrame } from '#app/domain/rooms/frame.ts';
import { decidePresence, type PresenceInput } from '#app/domain/rooms/presence.ts';
import { packPeople, unpackPeople } from '#app/domain/rooms/roster.ts';
import {
  newParticipant,
  newRoom,
  type Participant,
  type PersonCard,
  type Room,
} from '#app/domain/rooms/state.ts';
import { T0 } from '#test/support/situations.ts';

const MEMBERS = ['a', 'b', 'c', 'd', 'e'];
const member = fc.constantFrom(...MEMBERS);

type Step =
  | { kind: 'presence'; member: string; input: PresenceInput }
  | { kind: 'command'; power: Situation['power']; fields: Record<string, unknown> };

const presence: fc.Arbitrary<PresenceInput> = fc.oneof(
  fc.constant({ kind: 'join', role: 'listener', returned: 'no' } as const),
  fc.record({ kind: fc.constant('leave' as const), goodbye: fc.boolean() }),
  fc.constant({ kind: 'expire' } as const),
  fc.constant({ kind: 'raise_hand' } as const),
  fc.constant({ kind: 'lower_hand' } as const),
  fc.record({ kind: fc.constant('mic' as const), on: fc.boolean() }),
  fc.record({ kind: fc.constant('floor' as const), holding: fc.boolean() }),
);

const fields = fc.oneof(
  fc.record({
    name: fc.constantFrom('mute', 'allow_to_speak', 'remove', 'readmit', 'lower_hand'),
    member,
  }),
  fc.record({ name: fc.constant('remove'), member, minutes: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ name: fc.constant('promote'), member, to: fc.constantFrom('speaker', 'moderator') }),
  fc.record({
    name: fc.constant('demote'),
    member,
    to: fc.constantFrom('listener', 'speaker', 'moderator'),
  }),
  fc.record({ name: fc.constantFrom('clear_hands', 'lock_room', 'unlock_room') }),
  fc.record({ name: fc.constant('calm_room'), minutes: fc.integer({ min: 1, max: 60 }) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('presence' as const), member, input: presence }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      power: fc.constantFrom('room_moderator', 'host', 'operator_moderator', 'operator_lead'),
      fields,
    }),
  },
);

/** A room played from nothing, with every accepted command remembered for undo. */
interface Played {
  draft: Draft;
  commands: {
    command: RoomCommand;
    power: Situation['power'];
    events: RoomEvent[];
    before: Draft;
  }[];
}

function copy(draft: Draft): Draft {
  return {
    room: draft.room,
    people: new Map(draft.people),
    touched: new Set(),
    events: [...draft.events],
  };
}

function asks(draft: Draft, power: Situation['power'], now: number): Situation {
  return {
    room: draft.room,
    now,
    power,
    actorMember: null,
    people: draft.people,
    original: null,
    handOver: null,
    policy: null,
    destructive: { recent: 0, limit: 1_000 },
  };
}

function play(steps: readonly Step[]): Played {
  const draft = draftOf(newRoom('r', 'Room', 'en', T0), []);
  const commands: Played['commands'] = [];
  const roles = { a: 'host', b: 'moderator' } as const;
  steps.forEach((one, index) => {
    const now = T0 + index * 1_000;
    if (one.kind === 'presence') {
      const ord = MEMBERS.indexOf(one.member);
      const role = roles[one.member as keyof typeof roles] ?? 'listener';
      const person = draft.people.get(one.member) ?? newParticipant(one.member, ord, role);
      if (!draft.people.has(one.member) && one.input.kind !== 'join') return;
      const input = one.input.kind === 'join' ? { ...one.input, role: person.role } : one.input;
      const verdict = decidePresence(draft.room, person, input, now);
      if (verdict.ok) record(draft, verdict.events, now, null);
    } else {
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const command = { id, room: 'r', reason: 'x', ...one.fields } as RoomCommand;
      const verdict = decide(command, asks(draft, one.power, now));
      if (!verdict.ok) return;
      const before = copy(draft);
      record(draft, verdict.events, now, id);
      commands.push({
        command,
        power: one.power,
        events: draft.events.slice(before.events.length),
        before,
      });
    }
    settle(draft, now);
  });
  return { draft, commands };
}

/** What undo promises to give back: not presence, microphone or floor, which are the member's own. */
function restorable(room: Room, people: ReadonlyMap<string, Participant>) {
  return {
    room: [room.locked, room.handsOpen, room.calm],
    people: [...people.values()].map(({ memberId, role, muted, hand, removal }) => ({
      memberId,
      role,
      muted,
      hand,
      removed: removal && { until: removal.until },
    })),
  };
}

const steps = fc.array(step, { minLength: 1, maxLength: 60 });

describe('a room, whatever happens in it', () => {
  it('numbers its events from 1 without gaps', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { draft } = play(all);
        expect(draft.events.map(({ seq }) => seq)).toEqual(draft.events.map((_, i) => i + 1));
        expect(draft.room.seq).toBe(draft.events.length);
      }),
    );
  });

  it('is the fold of its events', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { draft } = play(all);
        let room = newRoom('r', 'Room', 'en', T0);
        const people = new Map<string, Participant>();
        for (const event of draft.events) {
          const id = 'member' in event.body ? event.body.member : null;
          const after = evolve(room, id === null ? null : (people.get(id) ?? null), event);
          room = after.room;
          if (id !== null && after.person) people.set(id, after.person);
        }
        expect(room).toEqual(draft.room);
        expect(people).toEqual(draft.people);
      }),
    );
  });

  it('keeps counts that are the sum over its people', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { draft } = play(all);
        const sum = { present: 0, stage: 0, hands: 0, attendants: 0 };
        for (const person of draft.people.values()) {
          const one = countsOf(person);
          for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += one[key];
        }
        expect(draft.room.counts).toEqual(sum);
      }),
    );
  });

  it('never lets someone hold the floor who may not speak or is not there', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const { floorSince, micOn, muted, role, presence: where } of play(
          all,
        ).draft.people.values()) {
          if (floorSince === null && !micOn) continue;
          expect({ muted, where }).toEqual({ muted: false, where: 'present' });
          expect(role).not.toBe('listener');
        }
      }),
    );
  });

  it('undoes any command at once to exactly what was', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const last = play(all).commands.at(-1);
        if (!last) return;
        const draft = copy(last.before);
        record(
          draft,
          last.events.map(({ body }) => body),
          last.events[0]?.at ?? T0,
          last.command.id,
        );
        const events = draft.events.slice(last.before.events.length);
        const situation = {
          ...asks(draft, last.power, T0 + 99_000),
          original: { command: last.command, events, undone: false },
        };
        const undo = {
          id: 'u',
          room: 'r',
          reason: 'x',
          name: 'undo',
          command: last.command.id,
        } as RoomCommand;
        const verdict = decide(undo, situation);
        if (!verdict.ok) throw new Error(`${last.command.name}: ${verdict.reason}`);
        record(draft, verdict.events, T0 + 99_000, 'u');
        expect(restorable(draft.room, draft.people)).toEqual(
          restorable(last.before.room, last.before.people),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the wire', () => {
  it('carries every event and brings it back', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { events } = play(all).draft;
        if (events.length === 0) return;
        const frame = JSON.parse(JSON.stringify(encodeFrame(events, (id) => MEMBERS.indexOf(id))));
        const back = decodeFrame(frame, (ord) => MEMBERS[ord] as string);
        expect(back).toEqual(events.map((event) => ({ ...event, commandId: null })));
      }),
    );
  });

  it('packs a roster into columns and unpacks the same', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const people = [...play(all).draft.people.values()].map((person) => ({
          person,
          card: cardFor(person),
        }));
        expect(unpackPeople(JSON.parse(JSON.stringify(packPeople(people))))).toEqual(people);
      }),
    );
  });

  it('refuses an event type of a later version instead of guessing', () => {
    expect(() => decodeFrame({ f: 1, t: T0, e: [[999, 0]] }, String)).toThrow(RangeError);
    expect(() => encodeFrame([], () => 0)).toThrow(RangeError);
  });

  it('carries a card', () => {
    const card = cardFor(newParticipant('a', 3, 'listener'));
    expect(decodeCard(encodeCard(card))).toEqual(card);
  });
});

function cardFor({ memberId, ord }: Participant): PersonCard {
  return {
    memberId,
    ord,
    name: `ئا ${memberId}`,
    handle: memberId,
    locale: 'ug',
    inviterName: ord % 2 ? null : '林',
    branch: null,
    memberSince: T0,
    priorActs: ord,
  };
}
