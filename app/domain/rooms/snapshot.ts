import type { Frame, WireCard } from './frame.ts';
import type { Instant, Participant, Room } from './state.ts';

/** One person in the timeline of who held the floor. */
export interface FloorSegment {
  member: string;
  from: Instant;
  /** Null: holding it now. */
  to: Instant | null;
}

/** People in the room over time, for the line below the floor timeline. */
export interface PresencePoint {
  at: Instant;
  present: number;
}

export type IncidentView = {
  id: string;
  kind: 'sudden_drop' | 'raid';
  at: Instant;
  people: number;
  seconds: number;
  share: number;
  returned: number;
  returnedElsewhere: number;
  /** Raid: name of the inviter above the branch. */
  inviterName: string | null;
};

export interface HandOverView {
  id: string;
  at: Instant;
  byName: string;
  note: string;
  acknowledgedBy: string | null;
  acknowledgedAt: Instant | null;
}

/** A removal that stands, for the list of removed people. */
export interface RemovalView {
  memberId: string;
  byName: string;
  reason: string;
  at: Instant;
  until: Instant | null;
}

/** A command of the last half hour, for undo and for the list of what was done here. */
export interface CommandView {
  id: string;
  name: string;
  at: Instant;
  byName: string;
  /** Whether the viewer gave it. */
  mine: boolean;
  memberId: string | null;
  reason: string;
  undone: boolean;
}

/**
 * A room at one `seq`: columns instead of rows, so that it compresses. Sent gzipped, then kept up
 * to date by frames from `room.seq + 1`.
 */
export interface RoomSnapshot {
  room: Room;
  /** Parallel columns over everyone present, dropped, muted, removed, or with a role to keep. */
  people: PeopleColumns;
  floor: FloorSegment[];
  presence: PresencePoint[];
  incidents: IncidentView[];
}

export interface PeopleColumns {
  cards: WireCard[];
  /** Index into ROLES. */
  role: number[];
  /** 0 present, 1 dropped, 2 gone. */
  presence: number[];
  /** Rank of the power that muted; 0: may speak. */
  mute: number[];
  joinedAt: (Instant | null)[];
  /** Rare states by ord: everything of a participant that the columns above don't say. */
  rest: Record<number, Partial<Participant>>;
}

/** What differs between watchers: fetched on its own and again when the viewer's actions change it. */
export interface RoomAside {
  removals: RemovalView[];
  commands: CommandView[];
  handOvers: HandOverView[];
  reports: { memberId: string; open: number }[];
}

/** Answer to a watch or to a gap repair: the frames missed, or a whole snapshot when too many. */
export type CatchUp =
  | { kind: 'frames'; frames: Frame[]; seq: number }
  /** gzip of the JSON of a `RoomSnapshot`. */
  | { kind: 'snapshot'; gzip: ArrayBuffer; seq: number };
