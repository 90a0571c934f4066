import { describe, expect, it } from 'vitest';
import { actKey } from '#app/components/room/acts.ts';
import { offeredActs } from '#app/components/room/offered-acts.ts';
import { POWERS, type Power, rankOf } from '#app/domain/rooms/authority.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { decide } from '#app/domain/rooms/decide.ts';
import {
  newParticipant,
  newRoom,
  type Participant,
  ROLES,
  type Role,
} from '#app/domain/rooms/state.ts';

const NOW = 1_600_000_000_000;
const ID = '0b1f6d0e-6a6e-4d0e-9a55-0d6a5e1f2c3d';

function someone(role: Role, more: Partial<Participant> = {}): Participant {
  return { ...newParticipant('m1', 1, role), presence: 'present', joinedAt: NOW, ...more };
}

function keys(person: Participant, power: Power, you: string | null = null): string[] {
  return offeredActs(person, power, you, NOW).map(({ act }) => actKey(act));
}

const STATES: Record<string, (role: Role) => Participant> = {
  present: (role) => someone(role),
  'with a raised hand': (role) => someone(role, { hand: NOW - 60_000 }),
  'muted by a host': (role) => someone(role, { muted: true, muteRank: rankOf('host') }),
  'removed by a moderator': (role) =>
    someone(role, {
      presence: 'gone',
      removal: { at: NOW, until: null, rank: rankOf('room_moderator') },
    }),
  gone: (role) => someone(role, { presence: 'gone' }),
};

describe('what is offered on a person', () => {
  const cases = POWERS.filter((power) => power !== 'system').flatMap((power) =>
    ROLES.flatMap((role) => Object.keys(STATES).map((state) => [power, role, state] as const)),
  );

  it.each(cases)('%s over a %s, %s: nothing that the rule would refuse', (power, role, state) => {
    const person = STATES[state]!(role);
    for (const { act } of offeredActs(person, power, null, NOW)) {
      const answer = decide({ ...act, id: ID, room: 'r', reason: 'why' } as RoomCommand, {
        room: newRoom('r', 'Room', 'en', NOW),
        now: NOW,
        power,
        actorMember: null,
        people: new Map([['m1', person]]),
        original: null,
        handOver: null,
        policy: null,
        destructive: { recent: 0, limit: 60 },
      });
      expect(answer, actKey(act)).toMatchObject({ ok: true });
    }
  });

  it('puts letting speak first for a raised hand, muting first for a speaker', () => {
    expect(keys(someone('listener', { hand: NOW }), 'host')[0]).toBe('promote_speaker');
    expect(keys(someone('speaker'), 'host')[0]).toBe('mute');
  });

  it('gives each act its own key', () => {
    for (const make of Object.values(STATES)) {
      for (const role of ROLES) {
        const shortcuts = offeredActs(make(role), 'operator_lead', null, NOW).flatMap(
          ({ shortcut }) => shortcut ?? [],
        );
        expect(new Set(shortcuts).size).toBe(shortcuts.length);
      }
    }
  });

  it('offers stepping down, and nothing else, on oneself', () => {
    expect(keys(someone('moderator'), 'room_moderator', 'm1')).toEqual(['demote_listener']);
    expect(keys(someone('listener'), 'none', 'm1')).toEqual([]);
  });

  it('offers an auditor nothing', () => {
    for (const role of ROLES) expect(keys(someone(role), 'none')).toEqual([]);
  });
});
