import { io, type Socket } from 'socket.io-client';
import type {
  MemberAnswer,
  MemberRoomState,
  MemberToServer,
  ServerToMember,
} from '#app/domain/rooms/protocol.ts';
import type { Refusal } from '#app/domain/rooms/reasons.ts';

/** What the server acknowledged to a member: it was so in the room at some moment of the span. */
export interface Claim {
  room: string;
  member: string;
  said: 'here' | 'away' | 'hand_up' | 'hand_down' | 'floor_held' | 'floor_free';
  /** When it was asked and when it was acknowledged, on the clock all processes share. */
  from: number;
  to: number;
}

export type Move = 'raise_hand' | 'lower_hand' | 'take_floor' | 'release_floor' | 'leave';
type Joined = MemberAnswer<{ state: MemberRoomState }>;

/** A member's client that comes back by itself after every loss, and remembers what it was told. */
export interface MemberClient {
  readonly room: string;
  readonly member: string;
  readonly socket: Socket<ServerToMember, MemberToServer>;
  /** What it last heard of its own standing; null while it isn't in the room. */
  state(): MemberRoomState | null;
  /** How it was put out, refused or left; null when it is in or on its way. */
  out(): Refusal | 'left' | null;
  /** Comes in, or back. @returns the answer, or null when none came */
  join(): Promise<Joined | null>;
  /** Does one thing; an answer that was lost claims nothing. */
  move(move: Move): Promise<void>;
}

const ANSWER_WITHIN = 2_000;
const TRY_AGAIN_AFTER = 100;
const SAID = {
  raise_hand: 'hand_up',
  lower_hand: 'hand_down',
  take_floor: 'floor_held',
  release_floor: 'floor_free',
  leave: 'away',
} as const;

/** Opens a client; it joins whenever it is connected, unless it was put out or left. */
export function openMemberClient(
  url: string,
  who: { room: string; member: string; token: string },
  claims: Claim[],
): MemberClient {
  const { room, member, token } = who;
  let state: MemberRoomState | null = null;
  let out: Refusal | 'left' | null = null;
  let leaving: Promise<unknown> = Promise.resolve();
  const socket: Socket<ServerToMember, MemberToServer> = io(`${url}/member`, {
    transports: ['websocket'],
    forceNew: true,
    auth: { token },
    reconnectionDelay: 50,
    reconnectionDelayMax: 300,
  });
  const claim = (said: Claim['said'], from: number) =>
    void claims.push({ room, member, said, from, to: Date.now() });

  async function join(): Promise<Joined | null> {
    // Whoever comes back before the answer to leaving was never away.
    await leaving;
    const from = Date.now();
    if (!socket.connected) socket.connect();
    // A callback, not a promise: the next word from the server may be here before a promise settles.
    return new Promise((resolve) => {
      socket.timeout(ANSWER_WITHIN).emit('join', (error: Error | null, answer: Joined) => {
        if (error) return resolve(null);
        if (answer.ok) {
          [state, out] = [answer.state, null];
          claim('here', from);
        } else out = answer.reason;
        resolve(answer);
      });
    });
  }

  function ask(move: Move) {
    const asking = socket.timeout(ANSWER_WITHIN);
    if (move === 'take_floor') return asking.emitWithAck('floor', { holding: true });
    if (move === 'release_floor') return asking.emitWithAck('floor', { holding: false });
    return asking.emitWithAck(move);
  }

  socket.on('connect', () => void (out === null && join()));
  socket.on('connect_error', () => {
    if (!socket.active) setTimeout(() => socket.connect(), TRY_AGAIN_AFTER);
  });
  socket.on('disconnect', () => {
    state = null;
  });
  socket.on('rights', (told) => {
    state = told;
  });
  socket.on('removed', () => {
    out = 'removed';
  });

  return {
    room,
    member,
    socket,
    state: () => state,
    out: () => out,
    join,
    async move(move) {
      if (state === null || !socket.connected) return;
      const from = Date.now();
      const answered = ask(move).catch(() => null);
      if (move === 'leave') [state, out, leaving] = [null, 'left', answered];
      const answer = await answered;
      if (answer?.ok) claim(SAID[move], from);
    },
  };
}
