import type { EnforcementState, Instant, Role } from './state.ts';

/**
 * What was accepted in a room. Every body names at most one member, so that one event changes at
 * most one participant and the head of the room. Bodies carry what their inverse needs.
 */
export type RoomEventBody =
  | { type: 'room.opened' }
  | { type: 'room.locked' }
  | { type: 'room.unlocked' }
  | { type: 'hands.closed' }
  | { type: 'hands.opened' }
  | { type: 'hands.cleared'; count: number }
  | { type: 'room.calmed'; commandId: string; until: Instant }
  | { type: 'room.calm_reverted' }
  | { type: 'room.unattended' }
  | { type: 'room.attended' }
  | { type: 'room.ended' }
  | { type: 'participant.joined'; member: string; ord: number; role: Role; returned: Returned }
  | { type: 'participant.left'; member: string; goodbye: boolean }
  | { type: 'participant.dropped'; member: string }
  | { type: 'hand.raised'; member: string; at: Instant }
  | { type: 'hand.lowered'; member: string; at: Instant }
  | { type: 'mic.turned_on'; member: string }
  | { type: 'mic.turned_off'; member: string }
  | { type: 'floor.taken'; member: string }
  | { type: 'floor.released'; member: string; since: Instant }
  /** `was`: rank of the mute that this one replaces; 0: there was none. */
  | { type: 'participant.muted'; member: string; rank: number; was: number }
  | { type: 'participant.allowed_to_speak'; member: string; rank: number }
  | {
      type: 'participant.removed';
      member: string;
      until: Instant | null;
      rank: number;
      /** What `undo` gives back. */
      role: Role;
      hand: Instant | null;
      /** The removal that this one replaces. */
      before: { until: Instant | null; rank: number } | null;
    }
  | {
      type: 'participant.readmitted';
      member: string;
      /** Role and hand from now on. */
      role: Role;
      hand: Instant | null;
      /** The removal this lifts. */
      until: Instant | null;
      rank: number;
    }
  | RoleChange<'participant.promoted'>
  | RoleChange<'participant.demoted'>
  | { type: 'enforcement.changed'; member: string; state: EnforcementState }
  | { type: 'incident.opened'; incidentId: string; kind: IncidentKind; numbers: IncidentNumbers }
  | { type: 'incident.updated'; incidentId: string; kind: IncidentKind; numbers: IncidentNumbers }
  | { type: 'hand_over.noted'; handOverId: string }
  | { type: 'hand_over.acknowledged'; handOverId: string };

export interface RoleChange<Type extends string> {
  type: Type;
  member: string;
  from: Role;
  to: Role;
  /** The hand before and after: letting someone speak lowers it, `undo` raises it where it was. */
  handFrom: Instant | null;
  handTo: Instant | null;
}

/** Whether a join is a return within the grace period, and through which network cohort. */
export type Returned = 'no' | 'same_network' | 'other_network';

export type IncidentKind = 'sudden_drop' | 'raid';

/** Counts of people; shares in 0..1. Fields that don't fit the kind are absent. */
export interface IncidentNumbers {
  /** Sudden drop: people lost in the window. Raid: people who joined in it. */
  people: number;
  /** Length of the window, in seconds. */
  seconds: number;
  /** Share of them in the one cohort (drop) or below the one inviter (raid). */
  share: number;
  returned?: number;
  returnedElsewhere?: number;
  /** Raid: the inviter above the branch. */
  inviter?: string;
}

export type RoomEventType = RoomEventBody['type'];

/** An accepted event with its place and time in the room. */
export interface RoomEvent {
  /** Per room, from 1, without gaps. */
  seq: number;
  at: Instant;
  /** The command that caused it; null for presence and for acts of the system. */
  commandId: string | null;
  body: RoomEventBody;
}

/** The member an event changes, if any. */
export function memberOf(body: RoomEventBody): string | null {
  return 'member' in body ? body.member : null;
}

/** Whether the media plane has something to make true after this event. */
export function needsEnforcement(body: RoomEventBody): boolean {
  switch (body.type) {
    case 'participant.muted':
    case 'participant.allowed_to_speak':
    case 'participant.removed':
    case 'participant.readmitted':
      return true;
    case 'participant.promoted':
    case 'participant.demoted':
      return body.from === 'listener' || body.to === 'listener';
    default:
      return false;
  }
}
