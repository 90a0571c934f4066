import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type {
  MemberAnswer,
  MemberRoomState,
  MemberToServer,
  ServerToMember,
} from '#app/domain/rooms/protocol.ts';
import { type Refusal, type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { Platform } from './platform.ts';
import type { Random } from './random.ts';
import type { Cast } from './world.ts';

/** A member's client in one room: it keeps its connection up and believes what it is told. */
export interface Visit {
  readonly cast: Cast;
  /** The member's standing as the server last told it; null while out of the room. */
  state(): MemberRoomState | null;
  /** Sends one of the member's own events; a refusal is an answer. */
  ask(event: Simple): Promise<MemberAnswer>;
  ask(event: 'mic', input: { on: boolean }): Promise<MemberAnswer>;
  ask(event: 'floor', input: { holding: boolean }): Promise<MemberAnswer>;
  /** How loud, 0–9, while speaking. */
  sound(level: number): void;
  /** Comes in, or comes back; through another network when given. */
  come(network?: number): void;
  /** Says goodbye and leaves. */
  leave(): Promise<void>;
  /** Loses the connection without a word, and doesn't try again. */
  cut(): void;
}

type Simple = 'leave' | 'raise_hand' | 'lower_hand';
type MemberSocket = Socket<ServerToMember, MemberToServer>;

const ANSWER_WITHIN = 20_000;
/** Refusals that a minute or two may cure: whoever is let back in returns by themselves. */
const PATIENT: ReadonlySet<Refusal> = new Set<Refusal>(['removed', 'room_locked']);
const PATIENCE = 15_000;

export interface VisitOptions {
  url: string;
  room: string;
  cast: Cast;
  platform: Platform;
  random: Random;
  /** The member's address in a network; null where the system has only one loopback address. */
  addressIn: ((network: number) => string) | null;
}

/** Makes a client that has not come in yet. */
export function visit({ url, room, cast, platform, random, addressIn }: VisitOptions): Visit {
  let state: MemberRoomState | null = null;
  let wanted = false;
  let attempts = 0;
  let entering = false;
  let barging = false;
  const socket: MemberSocket = io(`${url}/member`, {
    transports: ['websocket'],
    forceNew: true,
    autoConnect: false,
    // Each attempt needs a token of its own, so attempts are made here.
    reconnection: false,
    perMessageDeflate: false as never,
  });

  async function enter(): Promise<void> {
    if (!wanted || entering || socket.connected) return;
    entering = true;
    const admission = await platform.admit(room, cast).catch(() => refuse('unavailable'));
    entering = false;
    if (!wanted) return;
    if (!admission.ok) return stayOut(admission);
    socket.auth = { token: admission.token };
    socket.connect();
  }

  function stayOut({ reason }: Refused): void {
    state = null;
    wanted = false;
    socket.disconnect();
    wanted = reason !== 'room_ended';
    again(PATIENT.has(reason) ? PATIENCE : undefined);
  }

  function again(longest = Math.min(12_000, 1_000 * 2 ** attempts)): void {
    if (!wanted) return;
    attempts++;
    void sleep(longest * (0.5 + random.next() / 2), undefined, { ref: false }).then(enter);
  }

  async function ask(event: keyof MemberToServer, ...input: unknown[]): Promise<MemberAnswer> {
    if (!socket.connected) return refuse('not_present');
    const waiting = socket.timeout(ANSWER_WITHIN) as unknown as {
      emitWithAck(event: string, ...input: unknown[]): Promise<MemberAnswer>;
    };
    return waiting.emitWithAck(event, ...input).catch(() => refuse('unavailable'));
  }

  socket.on('connect', async () => {
    const answer = (await ask('join')) as MemberAnswer<{ state: MemberRoomState }>;
    if (!answer.ok) return stayOut(answer);
    attempts = 0;
    state = answer.state;
  });
  socket.on('connect_error', () => again());
  socket.on('disconnect', () => {
    state = null;
    if (!barging) return again();
    barging = false;
    socket.connect();
  });
  socket.on('rights', (told) => {
    state = told;
  });
  socket.on('removed', () => {
    // Some walk straight back with the token they have, the others ask for a new one: both are
    // refused for as long as the removal stands.
    barging = random.chance(0.5);
  });
  socket.on('room_ended', () => {
    wanted = false;
  });

  return {
    cast,
    state: () => state,
    ask,
    sound: (level) => void (socket.connected && socket.volatile.emit('level', level)),
    come(network = cast.network) {
      wanted = true;
      if (addressIn) {
        (socket.io.opts as { localAddress?: string }).localAddress = addressIn(network);
      }
      void enter();
    },
    async leave() {
      wanted = false;
      await ask('leave');
      socket.disconnect();
    },
    cut() {
      wanted = false;
      const { transport } = socket.io.engine as unknown as {
        transport: { ws?: { terminate(): void } };
      };
      transport.ws?.terminate();
    },
  };
}
