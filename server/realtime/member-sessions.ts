import type { Db } from '#db/client.ts';
import { readSeat } from '#server/rooms/read-standing.ts';
import type { Peers } from './cluster.ts';
import type { MemberNamespace, MemberSeats } from './member-seats.ts';

export interface SessionReport {
  /** Sessions connected now. */
  sessions: number;
  /** Whether any of them could be heard. */
  maySpeak: boolean;
}

/**
 * Members' own sockets as a media plane: what their sessions may do, and that they are closed.
 * Everything reaches all processes before it resolves, and rejects when one can't be reached.
 */
export interface MemberSessions {
  /** Makes the right true in every session of the member, and tells their clients. */
  setRights(room: string, member: string, rights: { maySpeak: boolean }): Promise<void>;
  /** Tells and closes every session of the member. */
  eject(room: string, member: string, notice: { until: string | null }): Promise<void>;
  /** Tells and closes every session of the room. */
  ejectRoom(room: string): Promise<void>;
  /** Sessions of one member, or of the whole room, in every process. */
  sessionsOf(room: string, member: string | null): Promise<SessionReport>;
  /**
   * Adds someone to be told when a member's sessions in this process appear, disappear or change
   * their right; `here` doesn't count those of other processes.
   */
  onChange(listener: SessionListener): void;
}

type SessionListener = (room: string, member: string, here: SessionReport) => void;

export interface SessionsBack {
  sessions: MemberSessions;
  changed(room: string, member: string): void;
  /** Which of the members have no socket in any process. */
  absentees(room: string, members: readonly string[]): Promise<string[]>;
}

/** Opens the interface over this process's seats and those of its peers. */
export function openSessions(
  db: Db,
  nsp: MemberNamespace,
  seats: MemberSeats,
  peers: Peers,
): SessionsBack {
  const listeners: SessionListener[] = [];
  const changed = (room: string, member: string) => {
    const here = seats.countOf(room, member);
    for (const listener of listeners) listener(room, member, here);
  };

  async function setHere(room: string, member: string, maySpeak: boolean): Promise<void> {
    const known = seats.stateOf(room, member);
    if (!seats.setRight(room, member, maySpeak)) return;
    // The commit was another process's and its word was lost: read what the client has to be told.
    if (known && known.maySpeak !== maySpeak) {
      const seat = await readSeat(db, room, member);
      if (seat) seats.apply(seat.room, [seat.person]);
    }
    changed(room, member);
  }

  function ejectHere(room: string, member: string, notice: { until: string | null }): void {
    for (const socket of [...seats.socketsOf(room, member)]) {
      socket.emit('removed', notice);
      socket.disconnect(true);
    }
  }

  function ejectRoomHere(room: string): void {
    nsp.local.to(room).emit('room_ended');
    nsp.local.in(room).disconnectSockets(true);
  }

  peers.answer('member:rights', setHere);
  peers.answer('member:eject', ejectHere);
  peers.answer('member:eject_room', ejectRoomHere);
  peers.answer('member:sessions', seats.countOf);
  peers.answer('member:seated', seats.seatedOf);

  const sessions: MemberSessions = {
    async setRights(room, member, { maySpeak }) {
      await Promise.all([
        setHere(room, member, maySpeak),
        peers.ask('member:rights', room, member, maySpeak),
      ]);
    },
    async eject(room, member, notice) {
      ejectHere(room, member, notice);
      await peers.ask('member:eject', room, member, notice);
    },
    async ejectRoom(room) {
      ejectRoomHere(room);
      await peers.ask('member:eject_room', room);
    },
    async sessionsOf(room, member) {
      const elsewhere = await peers.ask<SessionReport>('member:sessions', room, member);
      const all = [seats.countOf(room, member), ...elsewhere];
      return {
        sessions: all.reduce((sum, { sessions }) => sum + sessions, 0),
        maySpeak: all.some(({ maySpeak }) => maySpeak),
      };
    },
    onChange: (listener) => void listeners.push(listener),
  };

  return {
    sessions,
    changed,
    async absentees(room, members) {
      const elsewhere = await peers.ask<string[]>('member:seated', room, members);
      const seated = new Set([...seats.seatedOf(room, members), ...elsewhere.flat()]);
      return members.filter((member) => !seated.has(member));
    },
  };
}
