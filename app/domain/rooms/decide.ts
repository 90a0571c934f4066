import { type CurrentPolicy, citationOf, clauseIn } from '#app/domain/policies/citation.ts';
import { isDestructive, mayUse, mayUseOn, type Power, rankOf } from './authority.ts';
import type { RoomCommand } from './commands.ts';
import { decideUndo } from './decide-undo.ts';
import type { RoomEvent, RoomEventBody } from './events.ts';
import { type Refused, refuse } from './reasons.ts';
import { type Instant, isRemoved, type Participant, ROLES, type Role, type Room } from './state.ts';

/** An earlier command, as `undo` needs it. */
export interface Original {
  command: RoomCommand;
  events: RoomEvent[];
  undone: boolean;
}

/** Everything a rule may look at; loaded under the room's lock, in the transaction that trusts it. */
export interface Situation {
  room: Room;
  now: Instant;
  power: Power;
  /** Member id of the actor, when the actor is a member. */
  actorMember: string | null;
  /** Those the command names or can touch; see `reachOf`. */
  people: ReadonlyMap<string, Participant>;
  original: Original | null;
  handOver: { acknowledged: boolean } | null;
  /** What an act can rest on; null when there is nothing yet, or the command names no clause. */
  policy: CurrentPolicy | null;
  /** Destructive acts of this actor in the last minute, and how many are allowed. */
  destructive: { recent: number; limit: number };
}

export interface Accepted {
  ok: true;
  events: RoomEventBody[];
}

/** Which participants besides the named one a command can touch. */
export type Reach = 'named' | 'speakers' | 'hands' | 'floor' | 'original' | 'nobody';

/** @returns whom to load before `decide` can answer for this command. */
export function reachOf(command: RoomCommand): Reach {
  switch (command.name) {
    case 'calm_room':
      return 'speakers';
    case 'clear_hands':
      return 'hands';
    case 'end_room':
      return 'floor';
    case 'undo':
      return 'original';
    default:
      return 'member' in command ? 'named' : 'nobody';
  }
}

/**
 * The rule of every room command: authority first, so that a stranger learns nothing; then the
 * room, then the target, then the state; last whether what it rests on is there.
 */
export function decide(command: RoomCommand, situation: Situation): Accepted | Refused {
  const verdict = decideAct(command, situation);
  const isGrounded =
    clauseIn(command) === undefined || citationOf(command, situation.policy) !== null;
  return verdict.ok && !isGrounded ? refuse('unknown_clause') : verdict;
}

function decideAct(command: RoomCommand, situation: Situation): Accepted | Refused {
  const { room, power, destructive } = situation;
  if (!mayUse(power, command.name) && !isSteppingDown(command, situation))
    return refuse('forbidden');
  if (takesAway(command, situation) && destructive.recent >= destructive.limit) {
    return refuse('rate_limited', { retryAfter: 60_000 });
  }
  // A shift is handed over after the room's end, too.
  if (room.status === 'ended' && command.name !== 'acknowledge_hand_over') {
    return refuse('room_ended');
  }
  if (command.name === 'undo') return decideUndo(situation);
  if ('member' in command) return decideOnMember(command, situation);
  return decideOnRoom(command, situation);
}

/** Taking back an act that took nothing away is destructive; taking back one that did mends. */
function takesAway(command: RoomCommand, { original }: Situation): boolean {
  if (command.name !== 'undo') return isDestructive(command.name);
  return original !== null && !isDestructive(original.command.name);
}

type OnMember = Extract<RoomCommand, { member: string }>;
type OnRoom = Exclude<RoomCommand, OnMember | { name: 'undo' }>;

function isSteppingDown(command: RoomCommand, { actorMember }: Situation): boolean {
  return command.name === 'demote' && command.member === actorMember;
}

function decideOnMember(command: OnMember, situation: Situation): Accepted | Refused {
  const person = situation.people.get(command.member);
  const oneself = command.member === situation.actorMember;
  if (oneself && command.name !== 'demote') return refuse('yourself');
  if (person === undefined) return refuse('not_in_room');
  if (!oneself && !mayUseOn(situation.power, command, person.role)) return refuse('forbidden');
  return actOn(command, person, situation);
}

function actOn(command: OnMember, person: Participant, situation: Situation): Accepted | Refused {
  const member = person.memberId;
  const rank = rankOf(situation.power);
  switch (command.name) {
    case 'mute':
      if (person.muted && person.muteRank >= rank) return refuse('already_muted');
      return accept(...releaseFloor(person), {
        type: 'participant.muted',
        member,
        rank,
        was: person.muteRank,
      });
    case 'allow_to_speak':
      if (!person.muted) return refuse('not_muted');
      if (person.muteRank > rank) return refuse('outranked');
      return accept({ type: 'participant.allowed_to_speak', member, rank: person.muteRank });
    case 'remove':
      return remove(command, person, situation);
    case 'readmit': {
      const { removal } = person;
      if (removal === null || !isRemoved(person, situation.now)) return refuse('not_removed');
      if (removal.rank > rank) return refuse('outranked');
      const { until } = removal;
      const fresh = { role: 'listener', hand: null } as const;
      return accept({
        type: 'participant.readmitted',
        member,
        ...fresh,
        until,
        rank: removal.rank,
      });
    }
    case 'promote':
      return promote(person, command.to, situation.now);
    case 'demote':
      return demote(person, command.to);
    case 'lower_hand':
      if (person.hand === null) return refuse('hand_down');
      return accept({ type: 'hand.lowered', member, at: person.hand });
    case 'report':
      // No room event: the reported person may be watching this room.
      return accept();
  }
}

function remove(
  command: Extract<RoomCommand, { name: 'remove' }>,
  person: Participant,
  { now, power }: Situation,
): Accepted | Refused {
  const until = command.minutes === undefined ? null : now + command.minutes * 60_000;
  const rank = rankOf(power);
  const standing = isRemoved(person, now) ? person.removal : null;
  if (standing && standing.rank > rank) return refuse('outranked');
  if (standing && standing.until === until) return refuse('removed');
  const { memberId: member, role, hand } = person;
  return accept(...releaseFloor(person), {
    type: 'participant.removed',
    member,
    until,
    rank,
    role,
    hand,
    before: standing && { until: standing.until, rank: standing.rank },
  });
}

function promote(person: Participant, to: Role, now: Instant): Accepted | Refused {
  if (isRemoved(person, now)) return refuse('removed');
  if (person.presence === 'gone') return refuse('not_present');
  if (person.role === to) return refuse('role_unchanged');
  if (ROLES.indexOf(to) < ROLES.indexOf(person.role)) return refuse('not_a_promotion');
  return accept({
    type: 'participant.promoted',
    member: person.memberId,
    from: person.role,
    to,
    handFrom: person.hand,
    handTo: null,
  });
}

function demote(person: Participant, to: Role): Accepted | Refused {
  if (person.role === to) return refuse('role_unchanged');
  if (ROLES.indexOf(to) > ROLES.indexOf(person.role)) return refuse('not_a_demotion');
  const floor = to === 'listener' ? releaseFloor(person) : [];
  return accept(...floor, demotion(person, to));
}

function demotion(person: Participant, to: Role): RoomEventBody {
  const { memberId: member, role: from, hand } = person;
  return { type: 'participant.demoted', member, from, to, handFrom: hand, handTo: hand };
}

function decideOnRoom(command: OnRoom, situation: Situation): Accepted | Refused {
  const { room, now, people } = situation;
  switch (command.name) {
    case 'lock_room':
      return room.locked ? refuse('already_locked') : accept({ type: 'room.locked' });
    case 'unlock_room':
      return room.locked ? accept({ type: 'room.unlocked' }) : refuse('not_locked');
    case 'clear_hands': {
      const raised = [...people.values()].filter((person) => person.hand !== null);
      if (raised.length === 0) return refuse('no_hands');
      return accept(
        { type: 'hands.cleared', count: raised.length },
        ...raised.map(
          (person): RoomEventBody => ({
            type: 'hand.lowered',
            member: person.memberId,
            at: person.hand as Instant,
          }),
        ),
      );
    }
    case 'calm_room': {
      if (room.calm !== null) return refuse('already_calm');
      const speakers = [...people.values()].filter((person) => person.role === 'speaker');
      return accept(
        { type: 'room.calmed', commandId: command.id, until: now + command.minutes * 60_000 },
        ...(room.handsOpen ? [{ type: 'hands.closed' } as const] : []),
        ...(room.locked ? [] : [{ type: 'room.locked' } as const]),
        ...speakers.flatMap((person) => [...releaseFloor(person), demotion(person, 'listener')]),
      );
    }
    case 'end_room':
      return accept(...[...people.values()].flatMap(releaseFloor), { type: 'room.ended' });
    case 'hand_over':
      return accept({ type: 'hand_over.noted', handOverId: command.id });
    case 'acknowledge_hand_over':
      if (situation.handOver === null) return refuse('hand_over_not_found');
      if (situation.handOver.acknowledged) return refuse('already_acknowledged');
      return accept({ type: 'hand_over.acknowledged', handOverId: command.handOver });
  }
}

/** Silence ends a floor segment before it takes the right away, so that the timeline is exact. */
export function releaseFloor(person: Participant): RoomEventBody[] {
  if (person.floorSince === null) return [];
  return [{ type: 'floor.released', member: person.memberId, since: person.floorSince }];
}

function accept(...events: RoomEventBody[]): Accepted {
  return { ok: true, events };
}
