import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type {
  MemberRoomState,
  MemberToServer,
  ServerToMember,
} from '#app/domain/rooms/protocol.ts';
import type { Participant, Role, Room } from '#app/domain/rooms/state.ts';
import type { Cohort } from '#server/incidents/cohort.ts';
import type { Profile } from '#server/rooms/members.ts';
import type { Bucket } from './rate.ts';

/** What a member's socket carries: from its token, plus where it stands. */
export interface MemberSession extends Bucket {
  room: string;
  member: string;
  /** Role on a first arrival. */
  role: Role;
  signedBy: string;
  cohort: Cohort | null;
  /** Until it has been taken in once. */
  profile: Profile | undefined;
  stage: 'out' | 'joining' | 'in';
}

export type MemberNamespace = Namespace<
  MemberToServer,
  ServerToMember,
  DefaultEventsMap,
  MemberSession
>;
export type MemberSocket = Socket<MemberToServer, ServerToMember, DefaultEventsMap, MemberSession>;

/** A member's standing as of one `seq`. */
interface Standing {
  seq: number;
  ord: number;
  role: Role;
  muted: boolean;
  handRaised: boolean;
}

/** A member with at least one socket in this process. */
interface Seat {
  sockets: MemberSocket[];
  /** The right the sessions have now. */
  maySpeak: boolean;
  /** Goes up when the media plane sets rights: a join that overlaps reads again. */
  version: number;
  standing: Standing | null;
}

interface RoomSeats {
  title: string;
  handsOpen: boolean;
  calm: boolean;
  seq: number;
  seats: Map<string, Seat>;
}

/** Who is connected to this process, and what their sessions may do now. */
export type MemberSeats = ReturnType<typeof openSeats>;

const PUSHED_AT_ONCE = 250;

/** Opens an empty table of seats. */
export function openSeats() {
  const rooms = new Map<string, RoomSeats>();

  function seatOf(room: string, member: string): Seat | undefined {
    return rooms.get(room)?.seats.get(member);
  }

  function stateOf(room: string, member: string): MemberRoomState | null {
    const head = rooms.get(room);
    const standing = head?.seats.get(member)?.standing;
    if (!head || !standing) return null;
    const { role, muted, handRaised } = standing;
    const { title, handsOpen, calm } = head;
    const speaks = role !== 'listener' && !muted;
    return { room, title, role, maySpeak: speaks, muted, handRaised, handsOpen, calm };
  }

  function tellState(room: string, member: string): void {
    const state = stateOf(room, member);
    if (state === null) return;
    for (const socket of seatOf(room, member)?.sockets ?? []) {
      if (socket.data.stage === 'in') socket.emit('rights', state);
    }
  }

  // A few at a time: a room of thousands must not hold up everyone else.
  function tellAll(room: string, members: Iterator<string>): void {
    for (let told = 0; told < PUSHED_AT_ONCE; told++) {
      const next = members.next();
      if (next.done) return;
      tellState(room, next.value);
    }
    setImmediate(() => tellAll(room, members));
  }

  return {
    /** Seats a socket that is about to join, so that nothing decided meanwhile passes it by. */
    add(socket: MemberSocket): void {
      const { room, member } = socket.data;
      let head = rooms.get(room);
      if (!head) {
        head = { title: '', handsOpen: true, calm: false, seq: -1, seats: new Map() };
        rooms.set(room, head);
      }
      const seat = head.seats.get(member);
      if (seat) seat.sockets.push(socket);
      else {
        head.seats.set(member, { sockets: [socket], maySpeak: false, version: 0, standing: null });
      }
    },

    /** @returns whether it was the member's last socket in this process */
    remove(socket: MemberSocket): boolean {
      const { room, member } = socket.data;
      const head = rooms.get(room);
      const seat = head?.seats.get(member);
      const index = seat?.sockets.indexOf(socket) ?? -1;
      if (!head || !seat || index < 0) return false;
      seat.sockets.splice(index, 1);
      if (seat.sockets.length > 0) return false;
      head.seats.delete(member);
      if (head.seats.size === 0) rooms.delete(room);
      return true;
    },

    /** Takes in what a committed change, or a read, says; older news than what is known is ignored. */
    apply(room: Room, people: Iterable<Participant>): void {
      const head = rooms.get(room.id);
      if (!head) return;
      for (const person of people) {
        const seat = head.seats.get(person.memberId);
        if (seat && applyPerson(seat, person, room.seq)) tellState(room.id, person.memberId);
      }
      if (room.seq < head.seq) return;
      const calm = room.calm !== null;
      const changed = head.seq >= 0 && (head.handsOpen !== room.handsOpen || head.calm !== calm);
      Object.assign(head, { title: room.title, handsOpen: room.handsOpen, calm, seq: room.seq });
      if (changed) tellAll(room.id, [...head.seats.keys()].values());
    },

    /** The right that a joining session starts with: that of the newest standing known. */
    admit(room: string, member: string): void {
      const seat = seatOf(room, member);
      const state = stateOf(room, member);
      if (seat && state) seat.maySpeak = state.maySpeak;
    },

    /** @returns whether the right of any session changed */
    setRight(room: string, member: string, speaks: boolean): boolean {
      const seat = seatOf(room, member);
      if (!seat) return false;
      seat.version++;
      const changed = seat.maySpeak !== speaks;
      seat.maySpeak = speaks;
      return changed;
    },

    /** Sessions of a member, or of the whole room, in this process. */
    countOf(room: string, member: string | null): { sessions: number; maySpeak: boolean } {
      const head = rooms.get(room);
      const seats = member === null ? (head?.seats.values() ?? []) : [seatOf(room, member)];
      let sessions = 0;
      let speaks = false;
      for (const seat of seats) {
        const joined = seat?.sockets.filter(({ data }) => data.stage === 'in').length ?? 0;
        sessions += joined;
        if (joined > 0 && seat?.maySpeak) speaks = true;
      }
      return { sessions, maySpeak: speaks };
    },

    /** Every socket of a member, also those still joining. */
    socketsOf(room: string, member: string): readonly MemberSocket[] {
      return seatOf(room, member)?.sockets ?? [];
    },

    /** Which of the members have a socket here. */
    seatedOf(room: string, members: readonly string[]): string[] {
      const seats = rooms.get(room)?.seats;
      return members.filter((member) => seats?.has(member));
    },

    rooms: () => [...rooms.keys()],
    versionOf: (room: string, member: string) => seatOf(room, member)?.version ?? 0,
    /** The wire's number of a member whose sessions may speak now; null otherwise. */
    speakingOrd(room: string, member: string): number | null {
      const seat = seatOf(room, member);
      return seat?.maySpeak ? (seat.standing?.ord ?? null) : null;
    },
    stateOf,
    tellState,
  };
}

/** @returns whether the member has something new to be told */
function applyPerson(seat: Seat, person: Participant, seq: number): boolean {
  const before = seat.standing;
  if (before && before.seq > seq) return false;
  const { ord, role, muted } = person;
  const after = { seq, ord, role, muted, handRaised: person.hand !== null };
  seat.standing = after;
  if (!before) return false;
  return (
    before.role !== after.role ||
    before.muted !== after.muted ||
    before.handRaised !== after.handRaised
  );
}
