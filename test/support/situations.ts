import type { Power } from '#app/domain/rooms/authority.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import type { Situation } from '#app/domain/rooms/decide.ts';
import {
  newParticipant,
  newRoom,
  type Participant,
  type Role,
  type Room,
} from '#app/domain/rooms/state.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);

/** A participant who is present. */
export function present(
  memberId: string,
  role: Role,
  more: Partial<Participant> = {},
): Participant {
  return { ...newParticipant(memberId, 0, role), presence: 'present', joinedAt: T0, ...more };
}

/** A live room's head. */
export function liveRoom(more: Partial<Room> = {}): Room {
  return { ...newRoom('r', 'Room', 'en', T0), seq: 10, ...more };
}

/** A situation with the given power and people; nothing else stands in the way. */
export function situation(
  power: Power,
  people: readonly Participant[],
  more: Partial<Situation> = {},
): Situation {
  return {
    room: liveRoom(),
    now: T0 + 60_000,
    power,
    actorMember: null,
    people: new Map(people.map((person) => [person.memberId, person])),
    original: null,
    handOver: null,
    policy: null,
    destructive: { recent: 0, limit: 60 },
    ...more,
  };
}

/** A parsed command with the usual head. */
export function command(
  fields: { name: RoomCommand['name'] } & Record<string, unknown>,
): RoomCommand {
  const id = '11111111-1111-4111-8111-111111111111';
  return { id, room: 'r', reason: 'because', ...fields } as RoomCommand;
}
