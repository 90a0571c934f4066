import { describe, expect, it } from 'vitest';
import { POWERS, type Power } from '#app/domain/rooms/authority.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { decide } from '#app/domain/rooms/decide.ts';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { type Participant, ROLES, type Role } from '#app/domain/rooms/state.ts';
import { command, liveRoom, present, situation, T0 } from '#test/support/situations.ts';

/** Commands on a person, with a target in the state in which only authority can refuse them. */
const ON_PERSON: Record<string, (role: Role) => [RoomCommand, Participant] | null> = {
  mute: (role) => [command({ name: 'mute', member: 't' }), present('t', role)],
  allow_to_speak: (role) => [
    command({ name: 'allow_to_speak', member: 't' }),
    present('t', role, { muted: true, muteRank: 1 }),
  ],
  remove: (role) => [command({ name: 'remove', member: 't' }), present('t', role)],
  readmit: (role) => [
    command({ name: 'readmit', member: 't' }),
    present('t', role, { presence: 'gone', removal: { at: T0, until: null, rank: 1 } }),
  ],
  lower_hand: (role) => [
    command({ name: 'lower_hand', member: 't' }),
    present('t', role, { hand: T0 }),
  ],
  'promote to speaker': (role) =>
    role === 'listener'
      ? [command({ name: 'promote', member: 't', to: 'speaker' }), present('t', role)]
      : null,
  'promote to moderator': (role) =>
    role === 'listener' || role === 'speaker'
      ? [command({ name: 'promote', member: 't', to: 'moderator' }), present('t', role)]
      : null,
  'demote to listener': (role) =>
    role === 'listener'
      ? null
      : [command({ name: 'demote', member: 't', to: 'listener' }), present('t', role)],
  'demote to speaker': (role) =>
    role === 'moderator' || role === 'host'
      ? [command({ name: 'demote', member: 't', to: 'speaker' }), present('t', role)]
      : null,
};

/** PRODUCT's table, written out again: who may act on whom at all. */
const MAY: Record<Power, readonly Role[]> = {
  none: [],
  room_moderator: ['listener', 'speaker'],
  host: ['listener', 'speaker', 'moderator'],
  operator_moderator: ['listener', 'speaker', 'moderator'],
  operator_lead: ['listener', 'speaker', 'moderator', 'host'],
  system: ['listener', 'speaker', 'moderator', 'host'],
};

function expected(power: Power, name: string, role: Role): 'ok' | 'forbidden' {
  if (power === 'operator_moderator' && role === 'host') {
    return name === 'mute' || name === 'remove' ? 'ok' : 'forbidden';
  }
  if (power === 'room_moderator' && name === 'promote to moderator') return 'forbidden';
  return MAY[power].includes(role) ? 'ok' : 'forbidden';
}

const onPerson = POWERS.flatMap((power) =>
  Object.entries(ON_PERSON).flatMap(([name, make]) =>
    ROLES.flatMap((role) => {
      const made = make(role);
      return made ? [{ power, name, role, made, expects: expected(power, name, role) }] : [];
    }),
  ),
);

describe('acting on a person', () => {
  it.each(onPerson)('$power may $name a $role: $expects', ({ power, made, expects }) => {
    const [asked, target] = made;
    const verdict = decide(asked, situation(power, [target]));
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(expects);
  });
});

const ROOM_COMMANDS: [string, RoomCommand, Power][] = [
  ['lock_room', command({ name: 'lock_room' }), 'room_moderator'],
  ['unlock_room', command({ name: 'unlock_room' }), 'room_moderator'],
  ['clear_hands', command({ name: 'clear_hands' }), 'room_moderator'],
  ['calm_room', command({ name: 'calm_room', minutes: 5 }), 'room_moderator'],
  ['hand_over', command({ name: 'hand_over', note: 'x' }), 'room_moderator'],
  [
    'acknowledge_hand_over',
    command({ name: 'acknowledge_hand_over', handOver: 'x' }),
    'room_moderator',
  ],
  ['end_room', command({ name: 'end_room' }), 'host'],
];
const onRoom = POWERS.flatMap((power) =>
  ROOM_COMMANDS.map(([name, asked, least]) => ({
    power,
    name,
    asked,
    expects: POWERS.indexOf(power) >= POWERS.indexOf(least) ? 'ok' : 'forbidden',
  })),
);

describe('acting on a room', () => {
  it.each(onRoom)('$power may $name: $expects', ({ power, name, asked, expects }) => {
    const room = liveRoom({ locked: name === 'unlock_room' });
    const people = [present('s', 'speaker', { hand: T0 })];
    const verdict = decide(
      asked,
      situation(power, people, { room, handOver: { acknowledged: false } }),
    );
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(expects);
  });
});

describe('acting on oneself', () => {
  const myself = (role: Role) => present('me', role, { hand: T0 });
  const selfish = ['mute', 'remove', 'allow_to_speak', 'readmit', 'lower_hand', 'report'] as const;
  it.each(selfish)('%s is refused, for hosts too', (name) => {
    const verdict = decide(
      command({ name, member: 'me', category: 'other', text: '' }),
      situation('host', [myself('host')], { actorMember: 'me' }),
    );
    expect(verdict).toMatchObject({ ok: false, reason: 'yourself' });
  });
  it.each(['speaker', 'moderator', 'host'] as const)('a %s may step down', (role) => {
    const power = role === 'host' ? 'host' : role === 'moderator' ? 'room_moderator' : 'none';
    const verdict = decide(
      command({ name: 'demote', member: 'me', to: 'listener' }),
      situation(power, [myself(role)], { actorMember: 'me' }),
    );
    expect(verdict).toMatchObject({ ok: true });
  });
  it('nobody promotes themselves', () => {
    const verdict = decide(
      command({ name: 'promote', member: 'me', to: 'moderator' }),
      situation('host', [myself('listener')], { actorMember: 'me' }),
    );
    expect(verdict).toMatchObject({ ok: false, reason: 'yourself' });
  });
});

describe('rank', () => {
  const muted = present('t', 'speaker', {
    muted: true,
    muteRank: POWERS.indexOf('operator_moderator'),
  });
  const removed = present('t', 'listener', {
    presence: 'gone',
    removal: { at: T0, until: null, rank: POWERS.indexOf('host') },
  });
  it.each([
    ['room_moderator', 'allow_to_speak', muted, 'outranked'],
    ['host', 'allow_to_speak', muted, 'outranked'],
    ['operator_moderator', 'allow_to_speak', muted, 'ok'],
    ['room_moderator', 'readmit', removed, 'outranked'],
    ['room_moderator', 'remove', removed, 'outranked'],
    ['host', 'readmit', removed, 'ok'],
  ] as const)('%s asking to %s what a higher power did: %#', (power, name, target, expects) => {
    const verdict = decide(command({ name, member: 't' }), situation(power, [target]));
    expect(verdict.ok ? 'ok' : verdict.reason).toBe(expects);
  });
});

describe('undo', () => {
  type Body = RoomEvent['body'];
  const handless = { handFrom: null, handTo: null };
  const undoing = (
    power: Power,
    body: Body,
    target: Participant,
    actorMember: string | null = null,
  ) => {
    const events = [{ seq: 5, at: T0, commandId: 'c', body }];
    const original = { command: command({ name: 'mute', member: 't' }), events, undone: false };
    const verdict = decide(
      command({ name: 'undo', command: 'c' }),
      situation(power, [target], { original, actorMember }),
    );
    return verdict.ok ? 'ok' : verdict.reason;
  };
  const gone = (role: Role, rank: number): [Body, Participant] => [
    { type: 'participant.removed', member: 't', until: null, rank, role, hand: null, before: null },
    present('t', 'listener', {
      presence: 'gone',
      removalSeq: 5,
      removal: { at: T0, until: null, rank },
    }),
  ];
  const made = (from: Role, to: Role): [Body, Participant] => [
    { type: 'participant.promoted', member: 't', from, to, ...handless },
    present('t', to, { roleSeq: 5 }),
  ];
  const unmade = (from: Role, to: Role): [Body, Participant] => [
    { type: 'participant.demoted', member: 't', from, to, ...handless },
    present('t', to, { roleSeq: 5 }),
  ];
  const back = (role: Role): [Body, Participant] => [
    { type: 'participant.readmitted', member: 't', role, hand: null, until: null, rank: 1 },
    present('t', role, { presence: 'gone', removalSeq: 5 }),
  ];
  const cases: [string, Power, [Body, Participant], string][] = [
    ['their own removal of a host', 'operator_moderator', gone('host', 3), 'ok'],
    ['a removal of a moderator', 'room_moderator', gone('moderator', 1), 'forbidden'],
    ['a removal by a higher power', 'host', gone('listener', 3), 'outranked'],
    ['a promotion to moderator', 'room_moderator', made('listener', 'moderator'), 'forbidden'],
    ['a promotion to moderator', 'host', made('listener', 'moderator'), 'ok'],
    ['a promotion to speaker', 'room_moderator', made('listener', 'speaker'), 'ok'],
    ['a demotion of a moderator', 'room_moderator', unmade('moderator', 'listener'), 'forbidden'],
    ['a demotion of a host', 'operator_moderator', unmade('host', 'moderator'), 'forbidden'],
    ['a readmission of a host', 'host', back('host'), 'forbidden'],
    ['a readmission of a listener', 'room_moderator', back('listener'), 'ok'],
  ];
  it.each(cases)('of %s by a %s', (_, power, [body, target], expects) => {
    expect(undoing(power, body, target)).toBe(expects);
  });
  it('of what was done to oneself is refused', () => {
    expect(undoing('host', ...gone('listener', 1), 't')).toBe('yourself');
  });
  it('of what something newer has changed is refused', () => {
    const [body, target] = gone('listener', 1);
    expect(undoing('operator_lead', body, { ...target, removalSeq: 9 })).toBe('superseded');
  });
});

describe('order of refusals', () => {
  it('answers a stranger the same, whatever the room or the target', () => {
    const asked = command({ name: 'mute', member: 't' });
    const ended = liveRoom({ status: 'ended' });
    for (const verdict of [
      decide(asked, situation('none', [])),
      decide(asked, situation('none', [present('t', 'speaker', { muted: true, muteRank: 5 })])),
      decide(asked, situation('none', [], { room: ended })),
    ]) {
      expect(verdict).toEqual({ ok: false, reason: 'forbidden' });
    }
  });
});
