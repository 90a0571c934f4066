import type { Receipt } from '#app/domain/audit/receipt.ts';
import type { Frame } from './frame.ts';
import type { Refused } from './reasons.ts';
import type { CatchUp, RoomAside } from './snapshot.ts';
import type { Instant, RoomCounts } from './state.ts';

/** A row of the list of rooms. */
export interface RoomRow {
  id: string;
  title: string;
  language: string;
  status: 'live' | 'ended';
  seq: number;
  counts: RoomCounts;
  locked: boolean;
  calmUntil: Instant | null;
  openedAt: Instant;
  unattendedSince: Instant | null;
  reports: number;
  failedEnforcements: number;
  handOverDue: boolean;
  /** The newest incident of the last half hour. */
  incident: { kind: 'sudden_drop' | 'raid'; at: Instant; people: number; seconds: number } | null;
  /** Names of those who watch this room now. */
  watchers: string[];
  /** Higher is more urgent; see `urgencyOf`. */
  urgency: number;
}

export interface Watcher {
  /** Stable for one person over their tabs. */
  ref: string;
  name: string;
}

/** What an accepted command answers. */
export interface ActAccepted {
  ok: true;
  commandId: string;
  /** `seq` range of its events; equal ids answered again give the same range. */
  from: number;
  to: number;
  /** Whether the answer is that of an earlier, identical command. */
  repeated: boolean;
}
export type ActAnswer = ActAccepted | Refused;

type Ack<Answer> = (answer: Answer) => void;

/** Console → server. Every event is acknowledged; a refusal is an answer, not silence. */
export interface ConsoleToServer {
  'rooms:watch': (ack: Ack<{ ok: true; rooms: RoomRow[] } | Refused>) => void;
  'rooms:unwatch': () => void;
  /** `since`: newest seq the console has, or null for a first look. */
  'room:watch': (
    input: { room: string; since: number | null },
    ack: Ack<({ ok: true; watchers: Watcher[] } & CatchUp) | Refused>,
  ) => void;
  'room:unwatch': (input: { room: string }) => void;
  /** Gap repair: everything after `since`. */
  'room:catch_up': (
    input: { room: string; since: number },
    ack: Ack<({ ok: true } & CatchUp) | Refused>,
  ) => void;
  'room:aside': (
    input: { room: string },
    ack: Ack<{ ok: true; aside: RoomAside } | Refused>,
  ) => void;
  'room:act': (command: unknown, ack: Ack<ActAnswer>) => void;
}

/** Server → console. */
export interface ServerToConsole {
  'rooms:changed': (rows: RoomRow[]) => void;
  'room:frame': (room: string, frame: Frame) => void;
  /** Every few seconds: the newest seq, for a screen that missed the last frame. */
  'room:beat': (room: string, seq: number, at: Instant) => void;
  'room:watchers': (room: string, watchers: Watcher[]) => void;
  /** Volatile: how loud those who may speak are, 0–9, by ord; only what changed. */
  'room:levels': (room: string, levels: [ord: number, level: number][]) => void;
  /** Something of the aside changed: ask again. */
  'room:aside_changed': (room: string) => void;
  /** The right to watch ended; the screen must forget what it shows. */
  'room:revoked': (room: string, reason: Refused['reason']) => void;
  'session:ended': () => void;
}

/** Member's client → server. The room is the join token's; nothing a client sends names another. */
export interface MemberToServer {
  join: (ack: Ack<MemberAnswer<{ state: MemberRoomState }>>) => void;
  leave: (ack: Ack<MemberAnswer>) => void;
  raise_hand: (ack: Ack<MemberAnswer>) => void;
  lower_hand: (ack: Ack<MemberAnswer>) => void;
  mic: (input: { on: boolean }, ack: Ack<MemberAnswer>) => void;
  floor: (input: { holding: boolean }, ack: Ack<MemberAnswer>) => void;
  /** Volatile: level 0–9 while speaking; never stored, never acknowledged. */
  level: (level: number) => void;
  report: (
    input: {
      id: string;
      member: string;
      category: string;
      text?: string;
      from?: number;
      to?: number;
    },
    ack: Ack<MemberAnswer<{ reportId: string; receipt: Receipt }>>,
  ) => void;
  /** `proof`: the text of a .tlog-proof; null until the report is in the signed log. */
  receipt: (
    input: { report: string },
    ack: Ack<MemberAnswer<{ receipt: Receipt; proof: string | null }>>,
  ) => void;
}

export type MemberAnswer<More = unknown> = ({ ok: true } & More) | Refused;

/** What a member is told of their own standing in the room. */
export interface MemberRoomState {
  room: string;
  title: string;
  role: string;
  maySpeak: boolean;
  muted: boolean;
  handRaised: boolean;
  handsOpen: boolean;
  calm: boolean;
}

/** Server → member's client. */
export interface ServerToMember {
  /** The member's own rights changed; the server already enforces them. */
  rights: (state: MemberRoomState) => void;
  /** Out now; the sockets close after this. */
  removed: (notice: { until: string | null }) => void;
  room_ended: () => void;
}
